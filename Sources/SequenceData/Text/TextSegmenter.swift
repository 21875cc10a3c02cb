/// What takes the symbols of a text one by one.
protocol SymbolSink {
  /// Takes a byte (`unit: byte`).
  mutating func take(byte: UInt8)
  /// Takes a character that starts at a byte offset.
  mutating func take(scalar: UInt32, from decoder: UTF8Decoder) throws(SequenceDataError)
  /// Takes a word.
  mutating func take(word: String)
}

/// Cuts a stream of bytes into the symbols of a unit; a text may come in any chunks.
struct TextSegmenter {
  private let unit: TextUnit
  private var decoder: UTF8Decoder
  private var word: [UInt8] = []

  init(unit: TextUnit, source: String) {
    self.unit = unit
    decoder = UTF8Decoder(source: source)
  }

  /// Cuts the next bytes of the text.
  ///
  /// - Throws: `invalidUTF8` unless the unit is the byte, and what the sink throws.
  mutating func push(
    _ bytes: UnsafeRawBufferPointer, into sink: inout some SymbolSink
  ) throws(SequenceDataError) {
    switch unit {
    case .byte:
      for byte in bytes { sink.take(byte: byte) }
    case .character:
      for byte in bytes {
        if let scalar = try decoder.push(byte) { try sink.take(scalar: scalar, from: decoder) }
      }
    case .word:
      for byte in bytes {
        if let scalar = try decoder.push(byte) { push(scalar, into: &sink) }
      }
    }
  }

  /// Ends the text, and its last word.
  mutating func finish(into sink: inout some SymbolSink) throws(SequenceDataError) {
    try decoder.finish()
    endWord(into: &sink)
  }

  private mutating func push(_ value: UInt32, into sink: inout some SymbolSink) {
    // The decoder returns scalar values only.
    guard let scalar = Unicode.Scalar(value) else { return }
    guard scalar.isWordSeparator else {
      word.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      return
    }
    endWord(into: &sink)
    if scalar == "\n" { sink.take(word: Vocabulary.endOfLine) }
  }

  private mutating func endWord(into sink: inout some SymbolSink) {
    guard !word.isEmpty else { return }
    sink.take(word: String(decoding: word, as: UTF8.self))
    word.removeAll(keepingCapacity: true)
  }
}

extension Unicode.Scalar {
  fileprivate var isWordSeparator: Bool {
    value < 128 ? value == 32 || (9...13).contains(value) : properties.isWhitespace
  }
}
