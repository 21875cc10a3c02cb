/// What a token file says about itself.
struct TokenMetadata: Codable, Sendable {
  var kind = "tokens"
  let vocabulary: Vocabulary
  /// The bytes of a token: 1, 2 or 4.
  let tokenWidth: Int
  let count: Int

  /// The narrowest width that holds this many symbols.
  static func tokenWidth(symbols: Int) -> Int {
    symbols <= 1 << 8 ? 1 : symbols <= 1 << 16 ? 2 : 4
  }
}

/// The symbol numbers of a whole text, mapped from a cache file.
final class TokenFile: Sendable {
  let vocabulary: Vocabulary
  let count: Int
  private let tokenWidth: Int
  private let file: CacheFile<TokenMetadata>

  /// Opens a token file.
  ///
  /// - Throws: `damagedCache`.
  init(path: String) throws(SequenceDataError) {
    file = try CacheFile(path: path)
    let metadata = file.metadata
    vocabulary = metadata.vocabulary
    count = metadata.count
    tokenWidth = metadata.tokenWidth
    let (bytes, overflow) = count.multipliedReportingOverflow(by: tokenWidth)
    guard metadata.kind == "tokens", vocabulary.count > 0, count >= 0, !overflow,
      tokenWidth == TokenMetadata.tokenWidth(symbols: vocabulary.count),
      bytes == file.payload.count
    else {
      throw .damagedCache(path: path, reason: "its tokens are not as many as its header says")
    }
  }

  /// Copies the tokens `start..<start + count` to every `stride`-th element of `target`. A number
  /// beyond the vocabulary, in a file damaged after it was checked, becomes the last one, so that
  /// nothing reads outside an embedding.
  func copy(
    start: Int, count: Int, to target: UnsafeMutablePointer<Int32>, stride: Int
  ) {
    precondition(
      start >= 0 && count >= 0 && start + count <= self.count,
      "tokens \(start)..<\(start + count) of \(self.count)")
    switch tokenWidth {
    case 1: copy(UInt8.self, start: start, count: count, to: target, stride: stride)
    case 2: copy(UInt16.self, start: start, count: count, to: target, stride: stride)
    default: copy(UInt32.self, start: start, count: count, to: target, stride: stride)
    }
  }

  private func copy<Token: FixedWidthInteger & UnsignedInteger>(
    _ type: Token.Type, start: Int, count: Int, to target: UnsafeMutablePointer<Int32>, stride: Int
  ) {
    let tokens = file.payload.assumingMemoryBound(to: Token.self)
    let last = UInt32(vocabulary.count - 1)
    for index in 0..<count {
      let token = UInt32(truncatingIfNeeded: Token(littleEndian: tokens[start + index]))
      target[index * stride] = Int32(min(token, last))
    }
  }
}
