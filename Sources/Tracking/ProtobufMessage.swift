/// A message of Protocol Buffers while it is put together, with the few kinds of fields that events have.
///
/// A number that is 0 has to be left out by who adds it, unless it is one of several possible fields
/// (`oneof`): so the bytes are those that other writers make.
struct ProtobufMessage {
  /// What it is made of so far.
  private(set) var bytes: [UInt8] = []

  /// How a field's value is written.
  private enum Form: UInt64 {
    case variableLength = 0
    case eightBytes = 1
    case counted = 2
    case fourBytes = 5
  }

  /// Adds a number, a flag or a case of an enumeration.
  mutating func add(_ field: UInt64, integer: Int) {
    begin(field, .variableLength)
    append(UInt64(bitPattern: Int64(integer)))
  }

  /// Adds a `double`.
  mutating func add(_ field: UInt64, double: Double) {
    begin(field, .eightBytes)
    bytes.append(littleEndian: double.bitPattern)
  }

  /// Adds a `float`.
  mutating func add(_ field: UInt64, float: Float) {
    begin(field, .fourBytes)
    bytes.append(littleEndian: float.bitPattern)
  }

  /// Adds bytes.
  mutating func add(_ field: UInt64, bytes content: [UInt8]) {
    begin(field, .counted)
    append(UInt64(content.count))
    bytes += content
  }

  /// Adds a text.
  mutating func add(_ field: UInt64, text: String) { add(field, bytes: Array(text.utf8)) }

  /// Adds a message, which may be empty.
  mutating func add(_ field: UInt64, _ fill: (inout ProtobufMessage) -> Void) {
    var message = ProtobufMessage()
    fill(&message)
    add(field, bytes: message.bytes)
  }

  private mutating func begin(_ field: UInt64, _ form: Form) { append(field << 3 | form.rawValue) }

  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  private mutating func append(_ number: UInt64) {
    var rest = number
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension [UInt8] {
  /// Adds a number's bytes, the lowest first.
  mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
