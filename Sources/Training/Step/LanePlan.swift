/// How a rank's workers share its streams.
enum LanePlan: Equatable {
  /// The streams go through the network as a whole.
  case whole
  /// Each worker takes some leaves, so many at a time.
  case perWorker(leavesOfPart: Int)

  /// So few gradients, each worker's own sums of which stay in the second-level cache of a core.
  private static let smallNetwork = 1 << 18
  /// The tape of the streams that go through a network together takes at most so many floats, a
  /// second-level cache's,
  private static let cachedTape = 1 << 19
  /// or so many while these are fewer streams than a product's tile has rows.
  private static let longestTape = 1 << 21
  private static let streamsOfTile = 8

  /// What pays for a network of so many gradients.
  init(
    gradientCount: Int, tapeFloatsPerStream: Int, leaves: Int, streams: Int, workers: Int
  ) {
    guard gradientCount <= Self.smallNetwork, leaves >= workers, leaves > 0 else {
      self = .whole
      return
    }
    let streamsOfLeaf = max(1, streams / leaves)
    var part = 1
    while 2 * part * workers <= leaves {
      let streams = part * streamsOfLeaf
      let longest = streams < Self.streamsOfTile ? Self.longestTape : Self.cachedTape
      guard 2 * streams * tapeFloatsPerStream <= longest else { break }
      part *= 2
    }
    self = .perWorker(leavesOfPart: part)
  }
}
