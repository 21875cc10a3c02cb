import Foundation

/// Rows of numbers as text: CSV (RFC 4180: quotes, LF or CRLF; a quoted field stays on its line), TSV,
/// or columns set apart by semicolons or blanks. Empty lines are skipped.
///
/// The first row is a header if no field of it is a number. A first column without a name among others
/// that have one is the index that pandas writes, and left out; a last one is what a separator at each
/// line's end makes, and left out too. An empty field, `nan`, `NA`, `N/A` and `null` in any case are a
/// missing number.
package struct DelimitedText: RowFormat {
  package private(set) var columnNames: [String]?
  package private(set) var columnCount = 0

  private let reader: LineReader
  private var splitter: FieldSplitter
  /// The fields of a line, of which the columns begin with the first or the second.
  private var fieldCount = 0
  private var firstField = 0
  private var numbers: [Int] = []
  private var label: Int?
  private var lastLabel: [UInt8]?
  /// Lines that were looked at ahead, the next one last.
  private var pending: [Line] = []

  private struct Line {
    let bytes: [UInt8]
    let number: Int
  }

  /// The bytes that are looked at for those that no text has.
  private static let examined = 1 << 12
  /// The bytes of the longest line.
  private static let longestLine = 1 << 26

  package static func recognises(_ head: [UInt8]) -> Bool { true }

  /// Opens a file and reads its header.
  ///
  /// - Throws: `badTable` if it is no text, `emptyFile`, `unclosedQuote`, or `duplicateColumn`.
  package init(path: String) throws(SequenceDataError) {
    try Self.requireText(path)
    reader = try LineReader(path: path, longestLine: Self.longestLine)
    guard let first = try Self.nextLine(of: reader) else { throw .emptyFile(path: path) }
    let second = try Self.nextLine(of: reader)
    splitter = FieldSplitter(
      separator: FieldSeparator(first: first.bytes, second: second?.bytes))
    let fields = try split(first)
    fieldCount = fields.count
    columnCount = fields.count
    if Self.isHeader(fields) {
      try readHeader(fields)
      pending = [second].compactMap { $0 }
    } else {
      pending = [second, first].compactMap { $0 }
    }
    numbers = Array(0..<columnCount)
  }

  package var file: SourceFile { reader.file }

  package mutating func select(numbers: [Int], label: Int?) {
    self.numbers = numbers
    self.label = label
  }

  /// Reads the next row.
  ///
  /// - Throws: `badNumber`, `raggedRow` or `unclosedQuote` with the line and the column, from 1, or
  ///   `badTable` for a line without end.
  package mutating func next(
    into row: inout [Double], label: inout String
  ) throws(SequenceDataError) -> Bool {
    if let line = pending.popLast() {
      try line.bytes.withUnsafeBufferPointer { bytes throws(SequenceDataError) in
        try read(UnsafeRawBufferPointer(bytes), line.number, into: &row, &label)
      }
      return true
    }
    while let line = try reader.next() {
      guard !line.allSatisfy({ $0.isBlank }) else { continue }
      try read(line, reader.lineNumber, into: &row, &label)
      return true
    }
    return false
  }

  private mutating func read(
    _ line: UnsafeRawBufferPointer, _ number: Int, into row: inout [Double],
    _ label: inout String
  ) throws(SequenceDataError) {
    guard line.hasQuote else {
      splitter.split(plain: line)
      try take(line, number, into: &row, &label)
      return
    }
    guard let text = splitter.split(quoted: line) else { throw unclosedQuote(number) }
    try text.withUnsafeBufferPointer { bytes throws(SequenceDataError) in
      try take(UnsafeRawBufferPointer(bytes), number, into: &row, &label)
    }
  }

  /// Reads the chosen ones of the fields that were found in `text`.
  private mutating func take(
    _ text: UnsafeRawBufferPointer, _ line: Int, into row: inout [Double], _ label: inout String
  ) throws(SequenceDataError) {
    guard splitter.fields.count == fieldCount else {
      throw .raggedRow(
        path: file.path, line: line, expected: fieldCount, got: splitter.fields.count)
    }
    row.removeAll(keepingCapacity: true)
    for column in numbers {
      let field = UnsafeRawBufferPointer(rebasing: text[splitter.fields[firstField + column]])
      guard let number = Self.number(field) else {
        throw .badNumber(
          path: file.path, line: line, column: firstField + column + 1,
          field: String(decoding: field, as: UTF8.self))
      }
      row.append(number)
    }
    guard let column = self.label else { return }
    let field = text[splitter.fields[firstField + column]]
    if let lastLabel, lastLabel.elementsEqual(field) { return }
    lastLabel = Array(field)
    label = String(decoding: field, as: UTF8.self)
  }

  /// The number that a field spells, NaN for one that is missing; nil for other text and for numbers
  /// that are not finite.
  private static func number(_ field: UnsafeRawBufferPointer) -> Double? {
    if let number = DecimalNumber.parse(field) { return number.isFinite ? number : nil }
    return isMissing(field) ? .nan : nil
  }

  private static let missing: Set<String> = ["", "nan", "na", "n/a", "null"]

  private static func isMissing(_ field: some Collection<UInt8>) -> Bool {
    field.count <= 4 && missing.contains(String(decoding: field, as: UTF8.self).lowercased())
  }
}

extension DelimitedText {
  /// - Throws: `badTable` if a file begins with bytes that no text has.
  private static func requireText(_ path: String) throws(SequenceDataError) {
    let head = try SourceFile.head(path: path, count: examined)
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      throw .badTable(path: path, reason: "is text in UTF-16; save it in UTF-8")
    }
    // Tab, line feed, vertical tab, form feed and carriage return.
    guard head.allSatisfy({ $0 >= 32 && $0 != 127 || (9...13).contains($0) }) else {
      throw .badTable(path: path, reason: "is no table; expected \(RowFormats.names)")
    }
  }

  /// A copy of the next line that is not blank.
  private static func nextLine(of reader: LineReader) throws(SequenceDataError) -> Line? {
    while let line = try reader.next() {
      guard !line.allSatisfy({ $0.isBlank }) else { continue }
      return Line(bytes: Array(line), number: reader.lineNumber)
    }
    return nil
  }

  /// The fields of a line.
  private mutating func split(_ line: Line) throws(SequenceDataError) -> [String] {
    guard let text = line.bytes.withUnsafeBytes({ splitter.split(quoted: $0) }) else {
      throw unclosedQuote(line.number)
    }
    return splitter.fields.map { String(decoding: text[$0], as: UTF8.self) }
  }

  private func unclosedQuote(_ line: Int) -> SequenceDataError {
    .unclosedQuote(path: file.path, line: line, column: splitter.fields.count + 1)
  }

  /// Whether there are names, and no field that stands for a number, be it missing or infinite.
  private static func isHeader(_ fields: [String]) -> Bool {
    fields.contains { !$0.isEmpty }
      && fields.allSatisfy { field in
        field.isEmpty
          || DecimalNumber.parse(field.utf8) == nil && Double(field) == nil
            && !isMissing(field.utf8)
      }
  }

  private mutating func readHeader(_ fields: [String]) throws(SequenceDataError) {
    var names = fields
    if names.count > 1, names[0].isEmpty || names[0] == "Unnamed: 0" {
      names.removeFirst()
      firstField = 1
    }
    if names.count > 1, names[names.count - 1].isEmpty { names.removeLast() }
    for (column, name) in names.enumerated() where name.isEmpty {
      names[column] = "column_\(column + 1)"
    }
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw .duplicateColumn(path: file.path, name: name)
    }
    columnNames = names
    columnCount = names.count
  }
}
