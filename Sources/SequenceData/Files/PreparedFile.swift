/// A source file and the cache file made from it. One process prepares it; others open the cache
/// file without reading the source.
public struct PreparedFile: Sendable, Equatable, Codable {
  /// The source file, for messages.
  public let source: String
  /// The cache file.
  public let cache: String
  /// The SHA-256 of the source's content, as hexadecimal digits.
  public let digest: String
  /// Whether it was there already.
  public let wasFound: Bool
}
