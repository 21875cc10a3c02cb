/// Parses one JSON value of a line. Foundation's parser says neither where a line is wrong nor
/// which numbers are integers, and boxes every number.
struct JSONParser {
  // Deeper nesting than any sequence has; bounds the recursion on hostile input.
  private static let deepest = 16

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The value that all of these bytes spell.
  static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONSyntaxError) -> JSONValue {
    var parser = JSONParser(bytes)
    let value = try parser.value(depth: 0)
    parser.skipBlanks()
    guard parser.position == bytes.count else {
      throw parser.failure("more text after the value")
    }
    return value
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func failure(_ reason: String) -> JSONSyntaxError {
    JSONSyntaxError(column: position + 1, reason: reason)
  }

  private mutating func skipBlanks() {
    while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
  }

  /// Steps over a character if it comes next, after blanks.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    skipBlanks()
    guard depth < Self.deepest else { throw failure("nested too deeply") }
    guard let byte = next else { throw failure("the line ends where a value should be") }
    switch byte {
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: return try word()
    }
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    if skip("]") { return .array(elements) }
    repeat { elements.append(try value(depth: depth + 1)) } while skip(",")
    guard skip("]") else { throw failure("expected , or ]") }
    return .array(elements)
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    position += 1
    var members: [JSONValue.Member] = []
    if skip("}") { return .object(members) }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw failure("expected a key in quotes") }
      let key = try string()
      guard skip(":") else { throw failure("expected : after the key") }
      members.append(.init(key: key, value: try value(depth: depth + 1)))
    } while skip(",")
    guard skip("}") else { throw failure("expected , or }") }
    return .object(members)
  }

  private mutating func word() throws(JSONSyntaxError) -> JSONValue {
    let words: [(StaticString, JSONValue)] = [
      ("null", .null), ("true", .boolean(true)), ("false", .boolean(false)),
    ]
    for (word, value) in words {
      let end = position + word.utf8CodeUnitCount
      let spelling = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
      if end <= bytes.count, bytes[position..<end].elementsEqual(spelling) {
        position = end
        return value
      }
    }
    throw failure("expected a value; NaN and Infinity are not JSON")
  }

  private mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = position
    while let byte = next, Self.isOfNumber(byte) { position += 1 }
    let spelling = bytes[start..<position]
    let digits = spelling.first == UInt8(ascii: "-") ? spelling.dropFirst() : spelling
    let hasLeadingZero =
      digits.count > 1 && digits.first == UInt8(ascii: "0")
      && digits.dropFirst().first.map { (48...57).contains($0) } == true
    guard let first = digits.first, (48...57).contains(first), !hasLeadingZero,
      let value = DecimalNumber.parse(spelling)
    else {
      position = start
      throw failure("not a number")
    }
    return .number(value)
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"):
      true
    default: false
    }
  }
}

extension JSONParser {
  private mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 32 else { throw failure("a control character in a string") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        text.append(contentsOf: try escape().utf8)
      } else {
        text.append(byte)
      }
    }
    guard next != nil else { throw failure("the string is never closed") }
    position += 1
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func escape() throws(JSONSyntaxError) -> String {
    guard let byte = next else { throw failure("the string is never closed") }
    position += 1
    switch Unicode.Scalar(byte) {
    case "\"", "\\", "/": return String(Unicode.Scalar(byte))
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u": return try unicodeEscape()
    default: throw failure("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(JSONSyntaxError) -> String {
    var units = [try codeUnit()]
    if UTF16.isLeadSurrogate(units[0]), bytes[position...].starts(with: Array("\\u".utf8)) {
      position += 2
      units.append(try codeUnit())
    }
    // A lone surrogate becomes U+FFFD.
    return String(decoding: units, as: UTF16.self)
  }

  private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
    let digits = bytes[position..<min(position + 4, bytes.count)]
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("expected four hexadecimal digits after \\u") }
    position += 4
    return unit
  }
}
