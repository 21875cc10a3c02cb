/// The contiguous block of streams that one rank owns.
public enum Shard {
  /// The streams of a rank: blocks in the order of the ranks whose sizes differ by at most one (the
  /// first `streams mod ranks` ranks have one more). Empty for ranks beyond the streams.
  public static func range(streams: Int, rank: Int, ranks: Int) -> Range<Int> {
    precondition(streams >= 0, "streams \(streams), expected 0 or more")
    precondition(rank >= 0 && rank < ranks, "rank \(rank) of \(ranks)")
    return evenBlock(of: streams, index: rank, blocks: ranks)
  }
}

/// Block `index` of `count` elements in `blocks` contiguous blocks whose sizes differ by at most
/// one, the larger first.
package func evenBlock(of count: Int, index: Int, blocks: Int) -> Range<Int> {
  let (size, larger) = count.quotientAndRemainder(dividingBy: blocks)
  let start = index * size + min(index, larger)
  return start..<start + size + (index < larger ? 1 : 0)
}
