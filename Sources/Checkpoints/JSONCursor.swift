/// A strict reader of the JSON subset that a safetensors header uses: objects, arrays, strings and
/// non-negative integers. Unlike Foundation's it shows every key, so that a name given twice is
/// found, and its work is bounded by the text's length.
struct JSONCursor {
  /// Why the text is not what was expected, and at which byte.
  struct Failure: Error {
    let problem: String
    let offset: Int
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Whether only white space is left.
  mutating func isAtEnd() -> Bool {
    skipSpace()
    return position == bytes.count
  }

  /// Reads an object, handing each key to `readValue`, which reads the value.
  mutating func object(
    _ readValue: (inout JSONCursor, String) throws(Failure) -> Void
  ) throws(Failure) {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try readValue(&self, key)
    } while take(",")
    try expect("}")
  }

  /// Reads an array of non-negative integers.
  mutating func integers() throws(Failure) -> [Int] {
    var values: [Int] = []
    try expect("[")
    if take("]") { return values }
    repeat { values.append(try integer()) } while take(",")
    try expect("]")
    return values
  }

  /// Reads a non-negative integer.
  mutating func integer() throws(Failure) -> Int {
    skipSpace()
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      throw failure("expected a non-negative integer that fits 63 bits")
    }
    return value
  }

  /// Reads a string with JSON's escapes.
  mutating func string() throws(Failure) -> String {
    try expect("\"")
    var units: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case 0x22:
        guard let text = String(validating: units, as: UTF8.self) else {
          throw failure("a string is not valid UTF-8")
        }
        return text
      case 0x5C: units += try escape()
      case 0..<0x20: throw failure("a string holds a control character")
      default: units.append(byte)
      }
    }
    throw failure("a string does not end")
  }

  /// Reads what follows a backslash, as UTF-8.
  private mutating func escape() throws(Failure) -> [UInt8] {
    guard position < bytes.count else { throw failure("a string does not end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "u"):
      let first = try hexadecimalUnit()
      guard (0xD800...0xDBFF).contains(first) else { return try utf8(of: UInt32(first)) }
      guard bytes[position...].starts(with: [0x5C, 0x75]) else {
        throw failure("half a surrogate pair")
      }
      position += 2
      let second = try hexadecimalUnit()
      guard (0xDC00...0xDFFF).contains(second) else { throw failure("half a surrogate pair") }
      return try utf8(of: 0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) - 0xDC00)
    default: throw failure("unknown escape in a string")
    }
  }

  private mutating func hexadecimalUnit() throws(Failure) -> UInt16 {
    guard position + 4 <= bytes.count else { throw failure("a string does not end") }
    let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
    guard digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16) else {
      throw failure("expected four hexadecimal digits")
    }
    position += 4
    return unit
  }

  private func utf8(of value: UInt32) throws(Failure) -> [UInt8] {
    guard let scalar = Unicode.Scalar(value) else { throw failure("half a surrogate pair") }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
    guard take(character) else { throw failure("expected '\(character)'") }
  }

  /// Steps over `character`, if it is the next one.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  /// A failure at the current position.
  func failure(_ problem: String) -> Failure {
    Failure(problem: problem, offset: position)
  }
}
