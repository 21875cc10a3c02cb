import Communication
import Dispatch
import Storage
import Workers

/// A way of summing over all ranks.
enum ExchangeMethod: String {
  case allreduce = "MPI_Allreduce"
  case ours = "Unfold's exchange"
}

/// Sums over all ranks whose results are known. Each is timed by itself: memory is filled anew before
/// it, and all of it is checked after it.
final class TimedExchange {
  /// One rank of each group that shares memory.
  let leaders: [Int]
  /// Why ranks of a node do not share memory although they could.
  let fallbackReason: String?
  private let communicator: any Communicator
  private let pool: WorkerPool
  private let leafCount: Int
  private let leaves: Range<Int>  // of this rank
  private let reduction: TreeReduction
  private let buffer: Arena<Float>  // what MPI_Allreduce sums in place
  private let slots: Int
  private let ranks: Int
  private var repetition = 0

  private static let secondsOfTurn = 0.02
  private static let mostRepetitions = 200

  /// Memory for sums of up to `floats`. Collective.
  init(floats: Int, resources: RankResources) throws(CommunicationError) {
    let communicator = resources.communicator
    self.communicator = communicator
    pool = resources.pool
    // The fewest that give every rank one; then each has one partial sum.
    var leafCount = 1
    while leafCount < min(communicator.size, LeafTree.most) { leafCount *= 2 }
    self.leafCount = leafCount
    let tree = LeafTree(streams: leafCount, leaves: leafCount)
    leaves = tree.leaves(ofPart: communicator.rank, of: communicator.size)
    buffer = Arena(count: floats)
    // A line more: slots a power of two apart would meet in the same sets of the caches, which
    // those of a network seldom do.
    let reduction = try TreeReduction(
      tree, count: floats + CacheLine.floats, isShared: true, communicator: communicator,
      pool: resources.pool)
    self.reduction = reduction
    fallbackReason = reduction.fallbackReason
    let words = try communicator.gatherForAll(reduction.isLeader ? "leader" : "")
    leaders = words.indices.filter { !words[$0].isEmpty }
    let onNode = try communicator.gatherOnNode([UInt8(reduction.subtrees.count)])
    let isPrivate = reduction.fallbackReason != nil
    slots = isPrivate ? reduction.subtrees.count : onNode.joined().reduce(0) { $0 + Int($1) }
    ranks = isPrivate ? 1 : communicator.node.localSize
  }

  /// What a sum of so many bytes must move, on this rank's node and between nodes.
  func demand(bytes: Int) -> ExchangeDemand {
    ExchangeDemand(bytes: bytes, slots: slots, ranks: ranks, nodes: leaders.count)
  }

  /// As many sums of `count` floats as make up a turn. Collective.
  ///
  /// - Throws: `AgreedFailure`, `CommunicationError`.
  func repetitions(_ method: ExchangeMethod, count: Int) throws -> Int {
    // The first finds connections and pages that are not there yet.
    _ = try sum(method, count: count)
    let once = try sum(method, count: count)
    return min(max(1, Int(Self.secondsOfTurn / max(once, 1e-9))), Self.mostRepetitions)
  }

  /// The seconds of a sum of `count` floats, from when all ranks are ready until the slowest has it:
  /// the mean of some. Collective.
  ///
  /// - Throws: `AgreedFailure` on a sum that is wrong on any rank, `CommunicationError`.
  func seconds(_ method: ExchangeMethod, count: Int, repetitions: Int) throws -> Double {
    var total = 0.0
    for _ in 0..<repetitions { total += try sum(method, count: count) }
    return total / Double(repetitions)
  }

  private func sum(_ method: ExchangeMethod, count: Int) throws -> Double {
    repetition += 1
    let values = ExchangeValues(leafCount: leafCount, repetition: repetition)
    fill(method, with: values, count: count)
    try communicator.barrier()
    let started = DispatchTime.now().uptimeNanoseconds
    switch method {
    case .allreduce: try communicator.allreduceSum(buffer.base, count: count)
    case .ours: try reduction.reduce(0..<count)
    }
    let own = Int64(DispatchTime.now().uptimeNanoseconds - started)
    // Ranks agree before any of them fills the memory again that others read.
    try communicator.agree { try check(method, values, count: count) }
    return Double(try communicator.allreduceMaximum(own)) * 1e-9
  }

  private func fill(_ method: ExchangeMethod, with values: ExchangeValues, count: Int) {
    switch method {
    case .allreduce:
      values.fill(buffer.base, count: count, leaves: leaves, pool: pool)
    case .ours:
      for (index, subtree) in reduction.subtrees.enumerated() {
        values.fill(reduction.partial(index), count: count, leaves: subtree, pool: pool)
      }
    }
  }

  private func check(
    _ method: ExchangeMethod, _ values: ExchangeValues, count: Int
  ) throws(ExchangeError) {
    let sums = method == .ours ? reduction.sums : buffer.base
    guard let wrong = values.firstWrong(among: sums, count: count) else { return }
    throw .wrongSum(
      method: method.rawValue, bytes: count * MemoryLayout<Float>.stride, index: wrong.index,
      expected: wrong.expected, got: wrong.got)
  }
}
