import Foundation

/// Reads the rows of a CSV file of numbers (RFC 4180: commas, quotes, LF or CRLF; a quoted field
/// stays on its line). Empty lines are skipped. The first row is a header if none of its fields is
/// a number.
struct CSVParser {
  private let reader: LineReader
  private var names: [String]?
  private var width = 0
  private var fields: [Range<Int>] = []
  private var unquoted: [UInt8] = []

  init(path: String) throws(SequenceDataError) { reader = try LineReader(path: path) }

  /// The names in the header, once a row has been read.
  var columnNames: [String]? { names }

  /// The file that is read.
  var file: SourceFile { reader.file }

  /// Reads the next row into `row`; false at the end of the file.
  ///
  /// - Throws: `badNumber`, `raggedRow` or `unclosedQuote` with the line and the column, from 1.
  mutating func next(into row: inout [Double]) throws(SequenceDataError) -> Bool {
    while let line = try reader.next() {
      guard !line.allSatisfy({ $0 == 32 || $0 == 9 }) else { continue }
      try split(line)
      if width == 0 {
        width = fields.count
        if isHeader {
          names = fields.map { String(decoding: unquoted[$0], as: UTF8.self) }
          continue
        }
      }
      guard fields.count == width else {
        throw .raggedRow(
          path: file.path, line: reader.lineNumber, expected: width, got: fields.count)
      }
      row.removeAll(keepingCapacity: true)
      for (column, field) in fields.enumerated() {
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

  private var isHeader: Bool {
    fields.allSatisfy { field in
      let text = unquoted[field]
      // Swift reads "nan" and "inf" as numbers: a row of them is data gone wrong, not a header.
      return !text.isEmpty && DecimalNumber.parse(text) == nil
        && Double(String(decoding: text, as: UTF8.self)) == nil
    }
  }

  /// Splits a line into `fields`, ranges of `unquoted`, without quotes and surrounding blanks.
  private mutating func split(_ line: UnsafeRawBufferPointer) throws(SequenceDataError) {
    fields.removeAll(keepingCapacity: true)
    unquoted.removeAll(keepingCapacity: true)
    var position = 0
    while position <= line.count {
      let start = unquoted.count
      var isQuoted = false
      while position < line.count, isQuoted || line[position] != UInt8(ascii: ",") {
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
