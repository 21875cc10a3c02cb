/// Decodes UTF-8 byte by byte, so that a scalar may straddle two chunks. Strict: overlong forms,
/// surrogates and values beyond U+10FFFF are errors (the well-formed sequences of table 3-7 of the
/// Unicode standard).
struct UTF8Decoder {
  /// Where the text comes from, for messages.
  let source: String
  /// The byte offset at which the scalar being decoded starts.
  private(set) var scalarOffset = 0

  private var offset = 0
  private var scalar: UInt32 = 0
  private var missing = 0
  private var allowed: ClosedRange<UInt8> = 0x80...0xBF

  init(source: String) { self.source = source }

  /// Takes one byte; returns a scalar when it completes one.
  ///
  /// - Throws: `invalidUTF8` with the offset of the scalar's first byte.
  mutating func push(_ byte: UInt8) throws(SequenceDataError) -> UInt32? {
    defer { offset += 1 }
    guard missing > 0 else { return try begin(with: byte) }
    guard allowed.contains(byte) else { throw invalid }
    allowed = 0x80...0xBF
    scalar = scalar << 6 | UInt32(byte & 0x3F)
    missing -= 1
    return missing == 0 ? scalar : nil
  }

  /// Checks that the text does not end inside a scalar.
  func finish() throws(SequenceDataError) {
    guard missing == 0 else { throw invalid }
  }

  private var invalid: SequenceDataError {
    .invalidUTF8(source: source, byteOffset: scalarOffset)
  }

  private mutating func begin(with byte: UInt8) throws(SequenceDataError) -> UInt32? {
    scalarOffset = offset
    switch byte {
    case 0x00...0x7F: return UInt32(byte)
    case 0xC2...0xDF: (missing, scalar) = (1, UInt32(byte & 0x1F))
    case 0xE0...0xEF:
      (missing, scalar) = (2, UInt32(byte & 0x0F))
      allowed = byte == 0xE0 ? 0xA0...0xBF : byte == 0xED ? 0x80...0x9F : 0x80...0xBF
    case 0xF0...0xF4:
      (missing, scalar) = (3, UInt32(byte & 0x07))
      allowed = byte == 0xF0 ? 0x90...0xBF : byte == 0xF4 ? 0x80...0x8F : 0x80...0xBF
    default: throw invalid
    }
    return nil
  }
}
