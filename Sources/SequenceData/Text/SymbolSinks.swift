/// Turns symbols into their numbers; the caller takes `numbers` away as it likes.
struct SymbolEncoder: SymbolSink {
  let vocabulary: Vocabulary
  var numbers: [Int32] = []

  init(vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  mutating func take(byte: UInt8) { numbers.append(Int32(byte)) }

  mutating func take(scalar: UInt32, from decoder: UTF8Decoder) throws(SequenceDataError) {
    guard let number = vocabulary.number(ofScalar: scalar) else {
      throw .unknownCharacter(
        scalar: scalar, source: decoder.source, byteOffset: decoder.scalarOffset)
    }
    numbers.append(number)
  }

  mutating func take(word: String) { numbers.append(vocabulary.number(ofWord: word)) }
}

/// Collects the symbols of a training text.
struct VocabularyCounter: SymbolSink {
  private var scalars: Set<UInt32> = []
  private var ascii = [Bool](repeating: false, count: 128)
  private var words: [String: Int] = [Vocabulary.endOfLine: 0, Vocabulary.unknown: 0]

  mutating func take(byte: UInt8) {}

  mutating func take(scalar: UInt32, from decoder: UTF8Decoder) {
    if scalar < 128 { ascii[Int(scalar)] = true } else { scalars.insert(scalar) }
  }

  mutating func take(word: String) { words[word, default: 0] += 1 }

  /// The vocabulary of what was taken.
  ///
  /// - Parameter unknown: the symbol that stands for other characters, if one does.
  func vocabulary(unit: TextUnit, unknown: String? = nil) -> Vocabulary? {
    switch unit {
    case .byte:
      return .bytes
    case .character:
      let values = (0..<UInt32(128)).filter { ascii[Int($0)] } + scalars.sorted()
      var symbols = values.compactMap { Unicode.Scalar($0).map { String($0) } }
      if let unknown, !symbols.isEmpty, !symbols.contains(unknown) { symbols.append(unknown) }
      return Vocabulary(unit: unit, symbols: symbols, unknown: unknown)
    case .word:
      let ordered = words.sorted {
        $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key
      }
      return Vocabulary(unit: unit, symbols: ordered.map(\.key))
    }
  }
}
