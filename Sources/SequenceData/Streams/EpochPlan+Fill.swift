extension EpochPlan {
  /// Fills a window with the positions `from..<to` of some of the shard's streams, of all by default.
  ///
  /// Any position may be asked for at any time: an update with k2 > k1 reads the time steps before
  /// its k1 new ones again. Weights and `scored` are 0 before `countedFrom`, and where a stream has
  /// no time step; there everything else is 0 too. A reset bit marks where a sequence starts, and
  /// the first time step of each stream. Allocates nothing while `to − from` is within the window's
  /// capacity.
  package func fill(
    _ window: Window, streams: Range<Int>? = nil, from: Int, to: Int, countedFrom: Int
  ) {
    let streams = streams ?? shard
    precondition(from >= 0 && from <= to, "positions \(from)..<\(to)")
    precondition(
      window.streams == streams.count && shard.lowerBound <= streams.lowerBound
        && streams.upperBound <= shard.upperBound,
      "a window of \(window.streams) for the streams \(streams) of a shard of \(shard)")
    precondition(
      window.inputKind == corpus.inputKind && window.targetKind == corpus.targetKind,
      "a window of \(window.inputKind), \(window.targetKind); "
        + "a corpus of \(corpus.inputKind), \(corpus.targetKind)")
    window.resize(timeSteps: to - from)
    window.firstStream = streams.lowerBound
    window.firstTimeStep = from
    for stream in 0..<streams.count {
      let own = segments[streams.lowerBound - shard.lowerBound + stream]
      fill(window, stream: stream, with: own, from: from, to: to)
      for row in 0..<max(0, min(countedFrom, to) - from) {
        window.weights[row * window.streams + stream] = 0
        window.scored[row * window.streams + stream] = 0
      }
    }
  }

  private func fill(
    _ window: Window, stream: Int, with segments: [Segment], from: Int, to: Int
  ) {
    let (resets, sequences, streams) = (window.resets, window.sequences, window.streams)
    var position = from
    var index = Self.firstSegment(of: segments, endingAfter: from)
    while index < segments.count, segments[index].position < to {
      let segment = segments[index]
      let begin = max(from, segment.position)
      let end = min(to, segment.position + segment.count)
      window.clear(rows: position - from..<begin - from, stream: stream)
      let offset = segment.start - segment.position
      corpus.read(
        sequence: segment.sequence, epoch: epoch, timeSteps: begin + offset..<end + offset,
        into: window, stream: stream, row: begin - from)
      for row in begin - from..<end - from {
        let cell = row * streams + stream
        resets[cell] = row + from == segment.position ? 1 : 0
        sequences[cell] = Int32(segment.sequence)
      }
      position = end
      index += 1
    }
    window.clear(rows: position - from..<to - from, stream: stream)
  }

  /// The index of the first segment that ends after a position, by binary search.
  private static func firstSegment(of segments: [Segment], endingAfter position: Int) -> Int {
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].position + segments[middle].count > position {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }
}
