/// The fields of a small file of comma-separated values, as RFC 4180 has them: a field in quotes may hold
/// commas, ends of lines and, doubled, quotes.
package enum CSVRecords {
  /// Takes a text apart.
  ///
  /// - Parameter text: the whole file.
  /// - Returns: the fields of each record; records without a character are left out. nil where a quote is
  ///   not closed.
  package static func parse(_ text: String) -> [[String]]? {
    var records: [[String]] = []
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    // A Character holds CR and LF as one.
    var rest = text[...]
    while let character = rest.popFirst() {
      switch character {
      case "\"" where isQuoted && rest.first == "\"":
        rest.removeFirst()
        field.append(character)
      case "\"":
        isQuoted.toggle()
      case "," where !isQuoted:
        fields.append(field)
        field = ""
      case _ where character.isNewline && !isQuoted:
        if !(fields.isEmpty && field.isEmpty) { records.append(fields + [field]) }
        (fields, field) = ([], "")
      default:
        field.append(character)
      }
    }
    guard !isQuoted else { return nil }
    if !(fields.isEmpty && field.isEmpty) { records.append(fields + [field]) }
    return records
  }
}
