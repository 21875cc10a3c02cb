/// The symbols of a text and their numbers.
///
/// - Bytes: 256, each its own number.
/// - Characters: the Unicode scalars of the training file in ascending order. A character that is
///   not among them is an error, unless there is an unknown symbol, which stands for it.
/// - Words: the words of the training file by falling frequency, then ascending, with `<eos>` (a
///   line feed) and `<unk>` (any other word) always among them. Words that Unicode calls
///   canonically equivalent are one word.
package struct Vocabulary: Sendable, Equatable {
  /// The word that stands for a line feed.
  package static let endOfLine = "<eos>"
  /// The word that stands for all words that are not in the vocabulary.
  package static let unknown = "<unk>"
  /// The vocabulary of `unit: byte`.
  package static let bytes = Vocabulary(unit: .byte, symbols: [], index: .init())

  /// What a symbol is.
  package let unit: TextUnit
  /// The symbols by number; empty for bytes.
  package let symbols: [String]
  /// The symbol that stands for characters which are not in the vocabulary.
  package let unknownSymbol: String?
  private let index: SymbolIndex

  /// The number of symbols.
  package var count: Int { unit == .byte ? 256 : symbols.count }

  private init(
    unit: TextUnit, symbols: [String], unknown: String? = nil, index: SymbolIndex
  ) {
    self.unit = unit
    self.symbols = symbols
    unknownSymbol = unknown
    self.index = index
  }

  /// A vocabulary of these symbols; nil unless they are distinct and as the unit demands (single
  /// scalars, and the unknown symbol if there is one; `<eos>` and `<unk>` among the words; none for
  /// bytes).
  package init?(unit: TextUnit, symbols: [String], unknown: String? = nil) {
    guard unknown == nil || unit == .character,
      let index = SymbolIndex(unit: unit, symbols: symbols, unknown: unknown)
    else { return nil }
    self.init(unit: unit, symbols: symbols, unknown: unknown, index: index)
  }

  /// Vocabularies are equal if they number the same symbols the same way.
  package static func == (left: Vocabulary, right: Vocabulary) -> Bool {
    left.unit == right.unit && left.symbols == right.symbols
      && left.unknownSymbol == right.unknownSymbol
  }

  /// The number of a character.
  func number(ofScalar scalar: UInt32) -> Int32? { index.number(ofScalar: scalar) }

  /// The number of a word, `<unk>`'s if it is unknown.
  func number(ofWord word: String) -> Int32 { index.number(ofWord: word) }
}

extension Vocabulary {
  /// Hands on the symbol numbers of a file's text, in their order.
  ///
  /// - Throws: `SequenceDataError` if it is missing, empty, unreadable or not such a text.
  package func encode(
    file path: String, _ take: (Int32) -> Void
  ) throws(SequenceDataError) {
    let file = try SourceFile(path: path)
    var segmenter = TextSegmenter(unit: unit, source: path)
    var encoder = SymbolEncoder(vocabulary: self)
    while let chunk = try file.nextChunk() {
      try segmenter.push(chunk, into: &encoder)
      encoder.numbers.forEach(take)
      encoder.numbers.removeAll(keepingCapacity: true)
    }
    try segmenter.finish(into: &encoder)
    encoder.numbers.forEach(take)
  }

  /// The symbol numbers of a text.
  ///
  /// - Throws: `unknownCharacter` in character mode.
  package func encode(_ text: String) throws(SequenceDataError) -> [Int32] {
    var segmenter = TextSegmenter(unit: unit, source: "the text")
    var encoder = SymbolEncoder(vocabulary: self)
    try Array(text.utf8).withUnsafeBufferPointer { bytes throws(SequenceDataError) in
      try segmenter.push(UnsafeRawBufferPointer(bytes), into: &encoder)
    }
    try segmenter.finish(into: &encoder)
    return encoder.numbers
  }

  /// The text of symbol numbers. Words are set apart by spaces and `<eos>` ends a line; invalid
  /// UTF-8 among bytes becomes U+FFFD.
  package func decode(_ numbers: some Sequence<Int32>) -> String {
    switch unit {
    case .byte:
      return String(
        decoding: numbers.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    case .character:
      return numbers.map { symbols[Int($0)] }.joined()
    case .word:
      var text = ""
      for number in numbers {
        let word = symbols[Int(number)]
        if word == Self.endOfLine {
          text += "\n"
        } else {
          if !text.isEmpty && text.last != "\n" { text += " " }
          text += word
        }
      }
      return text
    }
  }
}

extension Vocabulary: Codable {
  private enum CodingKeys: CodingKey { case unit, symbols, unknown }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let unit = try container.decode(TextUnit.self, forKey: .unit)
    let symbols = try container.decode([String].self, forKey: .symbols)
    let unknown = try container.decodeIfPresent(String.self, forKey: .unknown)
    guard let vocabulary = Vocabulary(unit: unit, symbols: symbols, unknown: unknown) else {
      throw DecodingError.dataCorruptedError(
        forKey: .symbols, in: container,
        debugDescription: "the symbols do not make a vocabulary of unit \(unit.rawValue)")
    }
    self = vocabulary
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(unit, forKey: .unit)
    try container.encode(symbols, forKey: .symbols)
    try container.encodeIfPresent(unknownSymbol, forKey: .unknown)
  }
}
