import Communication

/// The speed of sums over all ranks, as `unfold bench exchange` prints it: MPI_Allreduce's and ours
/// in turns, beside the bound of memory or wire, measured in the same run.
package struct ExchangeBenchmark: Sendable, Codable {
  package let ranks: Int
  /// Workers of rank 0.
  package let workers: Int
  /// The groups of ranks that share memory; between them messages go.
  package let nodes: Int
  package let library: String
  package let variant: String
  /// Why ranks of a node do not share memory although they could; nil where they do.
  package let privateMemory: String?
  package let rounds: Int
  /// What a node sends at once with what it receives, measured or as given; nil on one node.
  package let wireGigabitsPerSecond: Double?
  package let exchanges: [ExchangeMeasurement]

  enum CodingKeys: String, CodingKey {
    case ranks, workers, nodes, library, variant, rounds, exchanges
    case privateMemory = "private_memory"
    case wireGigabitsPerSecond = "wire_gigabits_per_second"
  }

  /// The bytes that a sum may have, in fours.
  package static let sizes = 256...(1 << 40)

  private static let bitsPerByte = 8.0

  /// Times sums of these sizes. Collective.
  ///
  /// - Parameters:
  ///   - sizes: bytes, each within `ExchangeBenchmark.sizes`.
  ///   - rounds: in each of them both ways have their turn.
  ///   - wireGigabitsPerSecond: what the wire between nodes carries each way; nil measures it.
  ///   - resources: the ranks and what they compute with.
  /// - Throws: an error that says so where there is one rank only; `AgreedFailure` if memory does
  ///   not suffice, or on a wrong sum; `CommunicationError`.
  package init(
    sizes: [Int], rounds: Int, wireGigabitsPerSecond: Double? = nil, resources: RankResources
  ) throws {
    let communicator = resources.communicator
    guard !communicator.isSolo else { throw ExchangeError.tooFewRanks }
    let largest = sizes.max() ?? 0
    try communicator.agree { try Self.requireMemory(forSum: largest, communicator) }
    let floats = largest / MemoryLayout<Float>.stride
    let exchange = try TimedExchange(floats: floats, resources: resources)
    let bandwidth = NodeBandwidth(
      floats: floats, communicator: communicator, pool: resources.pool)
    let wire = try Self.wire(wireGigabitsPerSecond, exchange.leaders, communicator)
    let cacheBytes = MachineCaches().bytes
    exchanges = try sizes.map { bytes in
      try Self.measure(
        exchange.demand(bytes: bytes), exchange, bandwidth, rounds: rounds, wire: wire,
        cacheBytes: cacheBytes)
    }
    ranks = communicator.size
    workers = resources.workers
    nodes = exchange.leaders.count
    library = communicator.library
    variant = resources.variant
    privateMemory = exchange.fallbackReason
    self.rounds = rounds
    self.wireGigabitsPerSecond = wire.map { $0 * Self.bitsPerByte * 1e-9 }
  }

  /// Bytes a second between nodes; nil where there is one.
  private static func wire(
    _ given: Double?, _ leaders: [Int], _ communicator: any Communicator
  ) throws(CommunicationError) -> Double? {
    guard leaders.count > 1 else { return nil }
    if let given { return given * 1e9 / bitsPerByte }
    return try WireYardstick.bytesPerSecond(leaders, communicator)
  }

  /// Both ways in turns, between two looks at the yardstick; `wire` is in bytes a second.
  private static func measure(
    _ demand: ExchangeDemand, _ exchange: TimedExchange, _ bandwidth: NodeBandwidth, rounds: Int,
    wire: Double?, cacheBytes: Int
  ) throws -> ExchangeMeasurement {
    let before = try bandwidth.seconds(demand)
    let count = demand.bytes / MemoryLayout<Float>.stride
    let repetitions = (
      allreduce: try exchange.repetitions(.allreduce, count: count),
      ours: try exchange.repetitions(.ours, count: count)
    )
    var (allreduce, ours): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      let theirs = try exchange.seconds(
        .allreduce, count: count, repetitions: repetitions.allreduce)
      allreduce.append(theirs)
      ours.append(try exchange.seconds(.ours, count: count, repetitions: repetitions.ours))
    }
    // What others do on the machine may slow a yardstick, but nothing makes it faster.
    let nodeSeconds = min(before, try bandwidth.seconds(demand))
    return ExchangeMeasurement(
      demand, allreduce: allreduce, ours: ours, nodeSeconds: nodeSeconds,
      wireSeconds: wire.map { demand.wireBytes / $0 },
      isCached: demand.slots * demand.bytes <= cacheBytes)
  }

  /// - Throws: `TrainingError.tooLarge`.
  private static func requireMemory(
    forSum bytes: Int, _ communicator: any Communicator
  ) throws {
    // Of each rank a partial sum, MPI_Allreduce's buffer and the yardstick's; and what nodes send
    // one another.
    let needed = Double(bytes) * Double(3 * communicator.node.localSize + 2)
    for limit in [MemoryLimit.available, MemoryLimit.addressSpace] {
      guard let limit, needed > limit.bytes else { continue }
      throw TrainingError.tooLarge(
        "sums of \(Formatting.bytes(Double(bytes))) would take \(Formatting.bytes(needed)) of "
          + "memory, but \(limit.words) \(Formatting.bytes(limit.bytes)); choose smaller --sizes")
    }
  }
}
