/// From symbols to their numbers.
struct SymbolIndex: Sendable {
  // A table for ASCII, where nearly all characters of nearly all texts are.
  private var ascii = [Int32](repeating: -1, count: 128)
  private var scalars: [UInt32: Int32] = [:]
  private var words: [String: Int32] = [:]
  private var unknown: Int32?

  /// The index of bytes, which needs none.
  init() {}

  /// The index of these symbols; nil unless they are distinct and as the unit demands.
  ///
  /// - Parameter unknown: the one among them that stands for characters which are not; it may be a
  ///   word, which no character of a text is.
  init?(unit: TextUnit, symbols: [String], unknown unknownSymbol: String? = nil) {
    switch unit {
    case .byte:
      guard symbols.isEmpty else { return nil }
    case .character:
      for (number, symbol) in symbols.enumerated() {
        if symbol == unknownSymbol {
          guard unknown == nil else { return nil }
          unknown = Int32(number)
          guard symbol.unicodeScalars.count == 1 else { continue }
        }
        guard let scalar = symbol.unicodeScalars.first, symbol.unicodeScalars.count == 1,
          scalars.updateValue(Int32(number), forKey: scalar.value) == nil
        else { return nil }
        if scalar.isASCII { ascii[Int(scalar.value)] = Int32(number) }
      }
      guard unknownSymbol == nil || unknown != nil else { return nil }
    case .word:
      words.reserveCapacity(symbols.count)
      for (number, symbol) in symbols.enumerated() {
        guard words.updateValue(Int32(number), forKey: symbol) == nil else { return nil }
      }
      guard words[Vocabulary.endOfLine] != nil, let unknown = words[Vocabulary.unknown] else {
        return nil
      }
      self.unknown = unknown
    }
  }

  func number(ofScalar scalar: UInt32) -> Int32? {
    guard scalar < 128 else { return scalars[scalar] ?? unknown }
    return ascii[Int(scalar)] < 0 ? unknown : ascii[Int(scalar)]
  }

  func number(ofWord word: String) -> Int32 { words[word] ?? unknown ?? 0 }
}
