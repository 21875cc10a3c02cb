import Foundation

/// What sets the columns of a text apart.
enum FieldSeparator: Sendable, Equatable {
  case byte(UInt8)
  /// One or more spaces or tabs.
  case blanks
  /// There is one column.
  case none

  /// The first comma, semicolon or tab of the first line that stands outside quotes; else blanks, if
  /// both lines have some between other bytes.
  ///
  /// - Parameters:
  ///   - first: the first line.
  ///   - second: the second line, if there is one: a header of one column may have blanks, the number
  ///     below it has none.
  init(first: [UInt8], second: [UInt8]?) {
    var isQuoted = false
    for byte in first {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].contains(byte) {
        self = .byte(byte)
        return
      }
    }
    let hasBlanks = Self.hasBlanks(first) && (second.map(Self.hasBlanks) ?? true)
    self = hasBlanks ? .blanks : .none
  }

  private static func hasBlanks(_ line: [UInt8]) -> Bool {
    var isQuoted = false
    var began = false
    var paused = false
    for byte in line {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, byte.isBlank {
        paused = began
      } else if paused {
        return true
      } else {
        began = true
      }
    }
    return false
  }

  /// Whether a byte ends a field.
  func ends(_ byte: UInt8) -> Bool {
    switch self {
    case .byte(let separator): byte == separator
    case .blanks: byte.isBlank
    case .none: false
    }
  }
}

/// Splits lines into fields, without the blanks around them.
struct FieldSplitter {
  let separator: FieldSeparator
  /// Where the fields of the last line stand.
  private(set) var fields: [Range<Int>] = []

  init(separator: FieldSeparator) { self.separator = separator }

  /// Splits a line without quotes; `fields` are ranges of it.
  mutating func split(plain line: UnsafeRawBufferPointer) {
    fields.removeAll(keepingCapacity: true)
    var start = 0
    switch separator {
    case .byte(let separator):
      while let end = line.firstIndex(of: separator, from: start) {
        append(start..<end, of: line)
        start = end + 1
      }
      append(start..<line.count, of: line)
    case .blanks:
      while true {
        while start < line.count, line[start].isBlank { start += 1 }
        guard start < line.count else { return }
        var end = start
        while end < line.count, !line[end].isBlank { end += 1 }
        fields.append(start..<end)
        start = end
      }
    case .none:
      append(start..<line.count, of: line)
    }
  }

  /// Splits a line with quotes (RFC 4180; a quoted field stays on its line) and returns the bytes that
  /// `fields` are ranges of. Nil if a quote is not closed; then `fields` are those before it.
  mutating func split(quoted line: UnsafeRawBufferPointer) -> [UInt8]? {
    fields.removeAll(keepingCapacity: true)
    var text: [UInt8] = []
    text.reserveCapacity(line.count)
    var position = 0
    while position <= line.count {
      if separator == .blanks {
        while position < line.count, line[position].isBlank { position += 1 }
        guard position < line.count else { break }
      }
      let start = text.count
      var isQuoted = false
      while position < line.count, isQuoted || !separator.ends(line[position]) {
        if line[position] == UInt8(ascii: "\"") {
          // Two quotes inside a quoted field stand for one.
          let isEscaped =
            isQuoted && position + 1 < line.count && line[position + 1] == line[position]
          if isEscaped {
            text.append(line[position])
            position += 1
          } else {
            isQuoted.toggle()
          }
        } else {
          text.append(line[position])
        }
        position += 1
      }
      guard !isQuoted else { return nil }
      append(start..<text.count, of: text)
      position += 1
    }
    return text
  }

  private mutating func append<Bytes: Collection>(_ range: Range<Int>, of bytes: Bytes)
  where Bytes.Element == UInt8, Bytes.Index == Int {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, bytes[start].isBlank { start += 1 }
    while end > start, bytes[end - 1].isBlank { end -= 1 }
    fields.append(start..<end)
  }
}

extension UInt8 {
  /// Whether this is a space or a tab.
  var isBlank: Bool { self == 32 || self == 9 }
}

extension UnsafeRawBufferPointer {
  /// The first index of a byte from another on.
  fileprivate func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    guard start < count, let baseAddress,
      let found = memchr(baseAddress + start, Int32(byte), count - start)
    else { return nil }
    return UnsafeRawPointer(found) - baseAddress
  }

  /// Whether there is a quote.
  var hasQuote: Bool { firstIndex(of: UInt8(ascii: "\""), from: 0) != nil }
}
