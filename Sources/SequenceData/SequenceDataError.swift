import Files

/// What can go wrong with data from outside. Each description is one line: what, where, and how to
/// mend it.
package enum SequenceDataError: Error, CustomStringConvertible, Sendable, Equatable {
  /// There is no such file.
  case missingFile(path: String)
  /// The file is there but cannot be read.
  case unreadableFile(path: String, reason: String)
  /// The file holds nothing to learn from.
  case emptyFile(path: String)
  /// The file was written to while it was read.
  case changedFile(path: String)
  /// The text is not UTF-8 at this byte, counted from 0.
  case invalidUTF8(source: String, byteOffset: Int)
  /// The text has a character that the vocabulary of the training text lacks.
  case unknownCharacter(scalar: UInt32, source: String, byteOffset: Int)
  /// A continuous corpus is too short for one window in each stream.
  case shorterThanOneWindow(source: String, timeSteps: Int, streams: Int, k1: Int)
  /// A corpus has no time step at all.
  case noTimeSteps(source: String)
  /// A field of a CSV file is not a finite number.
  case badNumber(path: String, line: Int, column: Int, field: String)
  /// A row of a CSV file has another number of fields than the first.
  case raggedRow(path: String, line: Int, expected: Int, got: Int)
  /// A quoted field of a CSV file has no closing quote.
  case unclosedQuote(path: String, line: Int, column: Int)
  /// The file has another number of columns than the data the model was trained on.
  case otherWidth(path: String, expected: Int, got: Int)
  /// A table whose columns have names lacks this one.
  case missingColumn(path: String, name: String, nearest: String?)
  /// A table whose columns have no names lacks the one with this number.
  case missingColumnNumber(path: String, reference: String, count: Int)
  /// Two columns of a table have one name.
  case duplicateColumn(path: String, name: String)
  /// A file is no table, or not what it says of itself.
  case badTable(path: String, reason: String)
  /// A number of a binary table is infinite; row and column from 1.
  case infiniteNumber(path: String, row: Int, column: Int)
  /// A number is missing where all must be there; the row from 0, as in `[from:to]`.
  case missingNumber(path: String, row: Int, column: String)
  /// A pattern, a folder or a list of them names no file.
  case noFiles(pattern: String)
  /// A sequence has no row in the table of attributes.
  case noAttributes(path: String, sequence: String, nearest: String?)
  /// No sequence at all has a row in the table of attributes.
  case noSharedAttributes(path: String, sequence: String, attribute: String)
  /// A column's values are so large that their mean or deviation is not finite.
  case unboundedColumn(path: String, column: Int)
  /// No time step of a set of sequences has a target that counts.
  case noCountedTarget(source: String, part: String)
  /// The cache has less room than it would take.
  case cacheTooSmall(path: String, needed: Int, free: Int)
  /// A line of a JSON Lines file is not JSON.
  case badJSON(path: String, line: Int, column: Int, reason: String)
  /// A line of a JSON Lines file is JSON but not a sequence of this corpus.
  case badSequence(path: String, line: Int, reason: String)
  /// `bptt: full` with a corpus that is one continuous sequence.
  case fullNeedsSequences(source: String)
  /// `validation_fraction` leaves one of the parts empty.
  case badValidationFraction(source: String, fraction: Double, count: Int)
  /// The cache folder or a file in it cannot be written.
  case unwritableCache(path: String, reason: String)
  /// A cache file is not what its header says.
  case damagedCache(path: String, reason: String)

  /// A cache that cannot be written because a call of the system failed.
  init(unwritableCache path: String, _ error: FileError) {
    self = .unwritableCache(path: path, reason: FileError.words(for: error.code))
  }

  package var description: String {
    switch self {
    case .missingFile(let path):
      "no such file: \(path); check the path (relative paths start at the working folder)"
    case .unreadableFile(let path, let reason):
      "cannot read \(path): \(reason)"
    case .emptyFile(let path):
      "\(path) is empty; give a file with data"
    case .changedFile(let path):
      "\(path) changed while it was read; start again when nothing writes to it"
    case .fullNeedsSequences(let source):
      "bptt: full needs a set of sequences, but \(source) is one continuous sequence; "
        + "use bptt: {k1, k2} instead"
    case .unwritableCache(let path, let reason):
      "cannot write the cache \(path): \(reason); name another folder with data.cache"
    case .damagedCache(let path, let reason):
      "the cache file \(path) is damaged (\(reason)); delete it and it is made again"
    case .invalidUTF8, .unknownCharacter, .shorterThanOneWindow, .noTimeSteps,
      .badValidationFraction:
      contentDescription
    case .noCountedTarget(let source, let part):
      "\(source): none of the \(part) sequences has a target that counts, so there is nothing to "
        + "measure; give them targets that are not null"
    case .cacheTooSmall(let path, let needed, let free):
      "the cache \(path) has \(free / 1_000_000) MB free, the data would take "
        + "\(needed / 1_000_000) MB there; name another folder with data.cache, or number labels "
        + "without gaps"
    case .badNumber, .raggedRow, .unclosedQuote, .unboundedColumn, .badJSON, .badSequence:
      lineDescription
    case .otherWidth, .missingColumn, .missingColumnNumber, .duplicateColumn, .badTable,
      .infiniteNumber, .missingNumber, .noFiles, .noAttributes, .noSharedAttributes:
      tableDescription
    }
  }

  /// The messages about a text or a corpus as a whole.
  private var contentDescription: String {
    switch self {
    case .invalidUTF8(let source, let byteOffset):
      "\(source): invalid UTF-8 at byte \(byteOffset); convert it to UTF-8 or use unit: byte"
    case .unknownCharacter(let scalar, let source, let byteOffset):
      "\(source): the character \(Self.name(ofScalar: scalar)) at byte \(byteOffset) is not in "
        + "the vocabulary of the training text; remove it, or train with data.unknown or unit: byte"
    case .shorterThanOneWindow(let source, let timeSteps, let streams, let k1):
      "\(source) has \(timeSteps) time steps, fewer than one window per stream "
        + "(batch.streams \(streams) × bptt.k1 \(k1) = \(streams * k1)); "
        + "lower batch.streams or bptt.k1, or give more data"
    case .noTimeSteps(let source):
      "\(source) has no time step; a step needs one element and the one after it, "
        + "so give at least two"
    case .badValidationFraction(let source, let fraction, let count):
      "validation_fraction \(fraction) of \(source) (\(count) elements) leaves training or "
        + "validation without data; give a fraction between 0 and 1 that leaves both some"
    default:
      ""
    }
  }

  /// The messages about one line of a file.
  private var lineDescription: String {
    switch self {
    case .badNumber(let path, let line, let column, let field):
      "\(path):\(line): column \(column) is \(Self.excerpt(field)), expected a finite number; "
        + Self.remedy(forField: field)
    case .raggedRow(let path, let line, let expected, let got):
      "\(path):\(line): \(got) columns, expected \(expected) as in the first row; "
        + "mend or remove the row"
    case .unclosedQuote(let path, let line, let column):
      "\(path):\(line): the quote of column \(column) is never closed; add the closing quote"
    case .unboundedColumn(let path, let column):
      "\(path): the values of column \(column) are too large for a mean and a deviation; scale them"
    case .badJSON(let path, let line, let column, let reason):
      "\(path):\(line): not JSON at column \(column): \(reason); each line must be one object "
        + "such as {\"inputs\": [0, 1], \"targets\": 1}"
    case .badSequence(let path, let line, let reason):
      "\(path):\(line): \(reason)"
    default:
      ""
    }
  }

  /// What is likely to mend a field that is no number.
  private static func remedy(forField field: String) -> String {
    let parts = field.split { " |".contains($0) }
    if parts.count > 1, parts.allSatisfy({ Double($0) != nil }) {
      return "set columns apart by commas, semicolons, tabs or blanks, the same everywhere"
    }
    if field.contains(",") || field.contains(";") {
      return "a decimal comma? write a point, and set columns apart by commas, semicolons or tabs"
    }
    return "mend or remove the row, or choose other columns with data.inputs and data.targets"
  }

  /// A field as it may stand in a message: one line, quoted, at most 40 characters.
  package static func excerpt(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(40).map { isPlain($0) ? String($0) : "\u{FFFD}" }
    let ellipsis = text.unicodeScalars.count > 40 ? "…" : ""
    return "\"\(shown.joined())\(ellipsis)\""
  }

  /// Whether a scalar neither ends a line nor steers a terminal.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }

  /// A scalar as it may stand in a message, such as `"é" (U+00E9)`.
  private static func name(ofScalar scalar: UInt32) -> String {
    let digits = String(scalar, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    guard let character = Unicode.Scalar(scalar), isPlain(character) else { return code }
    return "\"\(Character(character))\" (\(code))"
  }
}
