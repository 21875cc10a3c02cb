import Foundation

/// Reads the rows of a CSV file of numbers (RFC 4180: quotes, LF or CRLF; a quoted field stays on its
/// line). Empty lines are skipped. The first row is a header if none of its fields is a number.
/// Columns are set apart by the first comma, semicolon or tab of the first row's. A first column
/// without a name among others that have one is the index that pandas writes, and left out.
package struct CSVParser: RowFormat {
  private let reader: LineReader
  private var names: [String]?
  private var separator: UInt8?
  private var hasIndex = false
  private var width = 0
  private var fields: [Range<Int>] = []
  private var unquoted: [UInt8] = []

  package static func recognises(_ head: [UInt8]) -> Bool { true }

  package init(path: String) throws(SequenceDataError) { reader = try LineReader(path: path) }

  /// The names in the header, once a row has been read.
  package var columnNames: [String]? { names }

  /// The file that is read.
  package var file: SourceFile { reader.file }

  /// Reads the next row into `row`; false at the end of the file.
  ///
  /// - Throws: `badNumber`, `raggedRow` or `unclosedQuote` with the line and the column, from 1.
  package mutating func next(into row: inout [Double]) throws(SequenceDataError) -> Bool {
    while let line = try reader.next() {
      guard !line.allSatisfy({ $0 == 32 || $0 == 9 }) else { continue }
      separator = separator ?? Self.separator(of: line)
      try split(line, at: separator ?? UInt8(ascii: ","))
      if width == 0 {
        width = fields.count
        if isHeader {
          try readHeader()
          continue
        }
      }
      guard fields.count == width else {
        throw .raggedRow(
          path: file.path, line: reader.lineNumber, expected: width, got: fields.count)
      }
      row.removeAll(keepingCapacity: true)
      for (column, field) in fields.enumerated() where column > 0 || !hasIndex {
        guard let value = DecimalNumber.parse(unquoted[field]), value.isFinite else {
          throw .badNumber(
            path: file.path, line: reader.lineNumber, column: column + 1,
            field: String(decoding: unquoted[field], as: UTF8.self))
        }
        row.append(value)
      }
      return true
    }
    return false
  }

  private mutating func readHeader() throws(SequenceDataError) {
    var names = fields.map { String(decoding: unquoted[$0], as: UTF8.self) }
    hasIndex = names.count > 1 && (names[0].isEmpty || names[0] == "Unnamed: 0")
    if hasIndex { names.removeFirst() }
    for (column, name) in names.enumerated() where names[..<column].contains(name) {
      throw .duplicateColumn(path: file.path, name: name)
    }
    self.names = names
  }

  /// The first separator outside quotes.
  private static func separator(of line: UnsafeRawBufferPointer) -> UInt8? {
    var isQuoted = false
    for byte in line {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].contains(byte) {
        return byte
      }
    }
    return nil
  }

  private var isHeader: Bool {
    fields.enumerated().allSatisfy { column, field in
      let text = unquoted[field]
      if column == 0, text.isEmpty, fields.count > 1 { return true }
      // Swift reads "nan" and "inf" as numbers: a row of them is data gone wrong, not a header.
      return !text.isEmpty && DecimalNumber.parse(text) == nil
        && Double(String(decoding: text, as: UTF8.self)) == nil
    }
  }

  /// Splits a line into `fields`, ranges of `unquoted`, without quotes and surrounding blanks.
  private mutating func split(
    _ line: UnsafeRawBufferPointer, at separator: UInt8
  ) throws(SequenceDataError) {
    fields.removeAll(keepingCapacity: true)
    unquoted.removeAll(keepingCapacity: true)
    var position = 0
    while position <= line.count {
      let start = unquoted.count
      var isQuoted = false
      while position < line.count, isQuoted || line[position] != separator {
        if line[position] == UInt8(ascii: "\"") {
          // Two quotes inside a quoted field stand for one.
          let isEscaped =
            isQuoted && position + 1 < line.count && line[position + 1] == line[position]
          if isEscaped {
            unquoted.append(line[position])
            position += 1
          } else {
            isQuoted.toggle()
          }
        } else {
          unquoted.append(line[position])
        }
        position += 1
      }
      guard !isQuoted else {
        throw .unclosedQuote(
          path: file.path, line: reader.lineNumber, column: fields.count + 1)
      }
      fields.append(trimmed(start..<unquoted.count))
      position += 1
    }
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 }
    let slice = unquoted[range]
    let start = slice.firstIndex { !isBlank($0) } ?? range.upperBound
    let end = slice.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    return start..<end
  }
}
