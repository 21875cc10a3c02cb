/// From symbols to their numbers.
struct SymbolIndex: Sendable {
  // A table for ASCII, where nearly all characters of nearly all texts are.
  private var ascii = [Int32](repeating: -1, count: 128)
  private var scalars: [UInt32: Int32] = [:]
  private var words: [String: Int32] = [:]
  private var unknown: Int32 = 0

  /// The index of bytes, which needs none.
  init() {}

  /// The index of these symbols; nil unless they are distinct and as the unit demands.
  init?(unit: TextUnit, symbols: [String]) {
    switch unit {
    case .byte:
      guard symbols.isEmpty else { return nil }
    case .character:
      for (number, symbol) in symbols.enumerated() {
        guard let scalar = symbol.unicodeScalars.first, symbol.unicodeScalars.count == 1,
          scalars.updateValue(Int32(number), forKey: scalar.value) == nil
        else { return nil }
        if scalar.isASCII { ascii[Int(scalar.value)] = Int32(number) }
      }
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
    guard scalar < 128 else { return scalars[scalar] }
    return ascii[Int(scalar)] < 0 ? nil : ascii[Int(scalar)]
  }

  func number(ofWord word: String) -> Int32 { words[word] ?? unknown }
}
