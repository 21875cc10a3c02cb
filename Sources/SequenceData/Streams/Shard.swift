import Storage

/// The contiguous block of streams that one rank owns.
package enum Shard {
  /// The streams of a rank: blocks in the order of the ranks whose sizes differ by at most one (the
  /// first `streams mod ranks` ranks have one more). Empty for ranks beyond the streams.
  package static func range(streams: Int, rank: Int, ranks: Int) -> Range<Int> {
    precondition(streams >= 0, "streams \(streams), expected 0 or more")
    return Share(rank, of: ranks).range(of: streams)
  }
}
