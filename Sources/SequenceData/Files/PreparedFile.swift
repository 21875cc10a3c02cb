/// A source file and the cache file made from it. One process prepares it; others open the cache
/// file without reading the source.
package struct PreparedFile: Sendable, Equatable, Codable {
  /// The source file, for messages.
  package let source: String
  /// The cache file.
  package let cache: String
  /// The SHA-256 of the source's content, as hexadecimal digits.
  package let digest: String
  /// Whether it was there already.
  package let wasFound: Bool
}
