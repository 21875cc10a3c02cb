/// What one symbol of a text is.
package enum TextUnit: String, Sendable, Equatable, Codable, CaseIterable {
  /// A byte; the 256 symbols are fixed and any file is a text.
  case byte
  /// A Unicode scalar (not a grapheme: their number is unbounded), from UTF-8.
  case character
  /// A word between white space (Unicode's White_Space), from UTF-8; each line feed is the word
  /// `<eos>`.
  case word
}
