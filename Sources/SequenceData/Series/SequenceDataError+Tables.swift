extension SequenceDataError {
  /// The messages about a table as a whole, its columns, and files that tables are looked for in.
  var tableDescription: String {
    switch self {
    case .otherWidth(let path, let expected, let got):
      "\(path): \(got) columns, expected \(expected) as in the training data; "
        + "give a file with the same columns"
    case .missingColumn(let path, let name, let nearest):
      "\(path): has no column \(Self.excerpt(name))"
        + (nearest.map { "; did you mean \(Self.excerpt($0))?" } ?? "")
    case .missingColumnNumber(let path, let reference, let count):
      "\(path): has no column \(Self.excerpt(reference)): its columns have no names, so give "
        + (count == 1 ? "the number 1" : "numbers from 1 to \(count)")
    case .duplicateColumn(let path, let name):
      "\(path): two columns are called \(Self.excerpt(name)); give each a name of its own"
    case .badTable(let path, let reason):
      "\(path): \(reason)"
    case .infiniteNumber(let path, let row, let column):
      "\(path): row \(row), column \(column) is infinite; write NaN where a number is missing, "
        + "or mend it"
    case .missingNumber(let path, let row, let column):
      "\(path): row \(row), counted from 0, has no number in column \(Self.excerpt(column)); fill it in, or set "
        + "data.missing to previous or mean"
    case .noFiles(let pattern):
      "no file matches \(pattern); check the path (relative paths start at the working folder)"
    case .noAttributes(let path, let sequence, let nearest):
      "\(path): has no row for the sequence \(Self.excerpt(sequence))"
        + (nearest.map { " (the nearest is \(Self.excerpt($0)))" } ?? "")
        + "; add the row, or leave the sequence out"
    case .noSharedAttributes(let path, let sequence, let attribute):
      "\(path): has a row for none of the sequences; they are called like "
        + "\(Self.excerpt(sequence)), its rows like \(Self.excerpt(attribute))"
    default:
      ""
    }
  }
}
