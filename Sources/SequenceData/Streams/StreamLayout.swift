import Storage

/// Lays the time steps of a corpus out in streams; the working state of a plan.
struct StreamLayout {
  private let shard: Range<Int>
  private(set) var segments: [[EpochPlan.Segment]]  // [shard][…]
  private(set) var lengths: [Int]  // [streams]
  private(set) var windowEdges: [Int] = []

  init(streams: Int, shard: Range<Int>) {
    self.shard = shard
    segments = Array(repeating: [], count: shard.count)
    lengths = Array(repeating: 0, count: streams)
  }

  /// Cuts one sequence into contiguous streams whose lengths differ by at most one.
  mutating func cut(timeSteps: Int) {
    for stream in lengths.indices {
      let block = Share(stream, of: lengths.count).range(of: timeSteps)
      guard !block.isEmpty else { continue }
      place(sequence: 0, start: block.lowerBound, count: block.count, stream: stream, position: 0)
    }
  }

  /// Deals whole sequences in this order.
  mutating func deal(_ order: [Int32], of corpus: any Corpus, epoch: Int, mode: EpochPlan.Mode) {
    switch mode {
    case .truncated:
      var heap = StreamHeap(streams: lengths.count)
      for sequence in order {
        let count = corpus.timeSteps(ofSequence: Int(sequence), epoch: epoch)
        let (stream, position) = heap.deal(timeSteps: count)
        place(sequence: Int(sequence), start: 0, count: count, stream: stream, position: position)
      }
    case .full:
      windowEdges = [0]
      for first in stride(from: 0, to: order.count, by: lengths.count) {
        let edge = windowEdges[windowEdges.count - 1]
        var longest = 0
        for (stream, sequence) in order[first...].prefix(lengths.count).enumerated() {
          let count = corpus.timeSteps(ofSequence: Int(sequence), epoch: epoch)
          longest = max(longest, count)
          place(sequence: Int(sequence), start: 0, count: count, stream: stream, position: edge)
        }
        windowEdges.append(edge + longest)
      }
    }
  }

  private mutating func place(
    sequence: Int, start: Int, count: Int, stream: Int, position: Int
  ) {
    lengths[stream] = position + count
    guard shard.contains(stream) else { return }
    segments[stream - shard.lowerBound].append(
      EpochPlan.Segment(position: position, sequence: sequence, start: start, count: count))
  }
}
