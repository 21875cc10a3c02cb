/// Text with commas between fields (RFC 4180): a field in quotes may hold commas, line ends and doubled
/// quotes.
package enum CSVRecords {
  /// A quote that nothing closes.
  package struct Unclosed: Error {
    /// Where it stands.
    package let line: Int
  }

  /// The fields of each record; nil where a quote is not closed.
  package static func parse(_ text: String) -> [[String]]? {
    (try? records(of: text))?.map(\.fields)
  }

  /// The records with the lines where they begin, fields without blanks around them; blank lines are
  /// passed over.
  ///
  /// - Throws: `Unclosed`.
  package static func records(
    of text: String
  ) throws(Unclosed) -> [(line: Int, fields: [String])] {
    var records: [(line: Int, fields: [String])] = []
    var fields: [String] = []
    var field = ""
    var (line, start) = (1, 1)
    var quoteLine: Int?
    var wasQuoted = false
    func endRecord() {
      fields.append(wasQuoted ? field : field.trimmed)
      if fields != [""] || wasQuoted { records.append((start, fields)) }
      (fields, field, wasQuoted) = ([], "", false)
      start = line
    }
    var characters = text.makeIterator()
    var next = characters.next()
    while let character = next {
      next = characters.next()
      if character.isNewline { line += 1 }
      switch character {
      case "\"" where quoteLine != nil && next == "\"":
        field.append("\"")
        next = characters.next()
      case "\"" where quoteLine != nil: quoteLine = nil
      case "\"" where field.allSatisfy(\.isWhitespace) && !wasQuoted:
        (field, wasQuoted, quoteLine) = ("", true, line)
      case "," where quoteLine == nil:
        fields.append(wasQuoted ? field : field.trimmed)
        (field, wasQuoted) = ("", false)
      case _ where character.isNewline && quoteLine == nil: endRecord()
      // Blanks behind a quoted field.
      case _ where wasQuoted && quoteLine == nil && character.isWhitespace: break
      default: field.append(character)
      }
    }
    if let quoteLine { throw Unclosed(line: quoteLine) }
    if !field.isEmpty || !fields.isEmpty || wasQuoted { endRecord() }
    return records
  }
}

extension String {
  /// Without blanks at its ends.
  fileprivate var trimmed: String {
    let start = drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}
