/// Which time steps of a corpus each stream carries in one epoch. The streams do not depend on the
/// ranks; a plan keeps the segments of one shard only, but knows the lengths of all streams.
///
/// - Continuous corpora are cut into contiguous streams whose lengths differ by at most one.
///   Nothing is dropped.
/// - Sequences are shuffled (Fisher–Yates, keyed by seed and epoch) and dealt each to the stream
///   with the fewest time steps so far, ties to the lowest.
/// - In `full` mode window n holds the sequences n·S … n·S + S − 1 of that order, one per stream,
///   each from the window's left edge; `windowEdges` says where the windows are.
package struct EpochPlan: Sendable {
  /// How sequences are laid out in streams.
  package enum Mode: Sendable, Equatable {
    /// Packed end to end, for windows of k1 time steps.
    case truncated
    /// One whole sequence per window and stream.
    case full
  }

  /// A run of a sequence's time steps in a stream.
  package struct Segment: Sendable, Equatable {
    /// Where it starts in the stream.
    package let position: Int
    /// The sequence.
    package let sequence: Int
    /// Its first time step in the sequence.
    package let start: Int
    /// Its number of time steps.
    package let count: Int
  }

  /// What the streams are made of.
  package let corpus: any Corpus
  /// The epoch, from 0.
  package let epoch: Int
  /// The streams of the global minibatch, S.
  package let streams: Int
  /// The streams whose segments are kept.
  package let shard: Range<Int>
  /// The layout.
  package let mode: Mode
  /// The segments of each stream of the shard, by position.
  package let segments: [[Segment]]  // [shard][…]
  /// The end of each stream of the global minibatch.
  package let streamLengths: [Int]  // [S]
  /// The end of the longest stream.
  package let timeSteps: Int
  /// The left edge of each window and the end of the last; `full` mode only, else empty.
  package let windowEdges: [Int]

  /// Plans an epoch for the streams of `shard` (all streams by default).
  ///
  /// - Throws: `SequenceDataError.fullNeedsSequences` for a continuous corpus in `full` mode.
  package init(
    corpus: any Corpus, streams: Int, epoch: Int = 0, seed: UInt64 = 0, shuffled: Bool = false,
    shard: Range<Int>? = nil, mode: Mode = .truncated
  ) throws(SequenceDataError) {
    let shard = shard ?? 0..<streams
    precondition(streams > 0, "streams \(streams), expected 1 or more")
    precondition(epoch >= 0, "epoch \(epoch), expected 0 or more")
    precondition(
      shard.lowerBound >= 0 && shard.upperBound <= streams, "shard \(shard) of \(streams) streams")
    if corpus.isContinuous && mode == .full { throw .fullNeedsSequences(source: corpus.source) }
    var layout = StreamLayout(streams: streams, shard: shard)
    if corpus.isContinuous {
      layout.cut(timeSteps: corpus.timeSteps(ofSequence: 0, epoch: epoch))
    } else {
      let order = Self.order(
        count: corpus.sequenceCount, epoch: epoch, seed: seed, shuffled: shuffled)
      layout.deal(order, of: corpus, epoch: epoch, mode: mode)
    }
    self.corpus = corpus
    self.epoch = epoch
    self.streams = streams
    self.shard = shard
    self.mode = mode
    segments = layout.segments
    streamLengths = layout.lengths
    timeSteps = layout.lengths.max() ?? 0
    windowEdges = layout.windowEdges
  }

  /// The number of windows of the epoch; `k1` is not looked at in `full` mode.
  package func windowCount(k1: Int) -> Int {
    guard mode == .truncated else { return windowEdges.count - 1 }
    precondition(k1 > 0, "k1 \(k1), expected 1 or more")
    return (timeSteps + k1 - 1) / k1
  }

  /// The longest window of the epoch in `full` mode, to size buffers with.
  package var longestWindow: Int {
    zip(windowEdges.dropFirst(), windowEdges).reduce(0) { max($0, $1.0 - $1.1) }
  }

  /// The sequences in the order in which an epoch takes them.
  private static func order(count: Int, epoch: Int, seed: UInt64, shuffled: Bool) -> [Int32] {
    precondition(count <= Int32.max, "\(count) sequences, expected at most \(Int32.max)")
    var order = (0..<Int32(count)).map { $0 }
    guard shuffled else { return order }
    var random = SampleRandom(shuffling: epoch, seed: seed)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, random.nextInteger(below: last + 1))
    }
    return order
  }
}
