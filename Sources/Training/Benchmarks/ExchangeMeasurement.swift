/// The sums of one size over all ranks, beside what bounds them.
package struct ExchangeMeasurement: Sendable, Codable {
  /// What an exchange cannot be faster than.
  package enum Bound: String, Sendable, Codable {
    case cache = "node cache"
    case memory = "node memory"
    case wire
  }

  package let bytes: Int
  /// Milliseconds of MPI_Allreduce: of the rounds' means.
  package let allreduce: Spread
  /// Milliseconds of Unfold's exchange.
  package let ours: Spread
  /// Times MPI_Allreduce's speed: the median of the rounds' ratios.
  package let ratio: Double
  /// The milliseconds in which the cores of rank 0's node can move what must be moved there.
  package let nodeMilliseconds: Double
  /// How fast they do that.
  package let nodeGigabytesPerSecond: Double
  /// The milliseconds that the wire needs; nil on one node.
  package let wireMilliseconds: Double?
  /// The larger of the two.
  package let bound: Bound
  /// Our median by the bound: 1 is as fast as can be.
  package let timesBound: Double

  enum CodingKeys: String, CodingKey {
    case bytes, ratio, bound
    case allreduce = "allreduce_milliseconds"
    case ours = "ours_milliseconds"
    case nodeMilliseconds = "node_milliseconds"
    case nodeGigabytesPerSecond = "node_gigabytes_per_second"
    case wireMilliseconds = "wire_milliseconds"
    case timesBound = "times_bound"
  }

  /// - Parameters:
  ///   - demand: what had to be moved.
  ///   - allreduce: the seconds of MPI_Allreduce in each round.
  ///   - ours: those of Unfold's exchange in the same rounds.
  ///   - nodeSeconds: the bound of the node.
  ///   - wireSeconds: the bound of the wire, if there are several nodes.
  ///   - isCached: whether caches hold what the exchange touches on the node.
  init(
    _ demand: ExchangeDemand, allreduce: [Double], ours: [Double], nodeSeconds: Double,
    wireSeconds: Double?, isCached: Bool
  ) {
    bytes = demand.bytes
    self.allreduce = Spread(allreduce.map { $0 * 1e3 })
    self.ours = Spread(ours.map { $0 * 1e3 })
    ratio = Spread(zip(allreduce, ours).map { $0 / $1 }).median
    nodeMilliseconds = nodeSeconds * 1e3
    nodeGigabytesPerSecond = Double(demand.nodeBytes) / nodeSeconds * 1e-9
    wireMilliseconds = wireSeconds.map { $0 * 1e3 }
    if let wireSeconds, wireSeconds > nodeSeconds {
      bound = .wire
    } else {
      bound = isCached ? .cache : .memory
    }
    timesBound = self.ours.median / (max(nodeSeconds, wireSeconds ?? 0) * 1e3)
  }
}
