import Storage
import Workers

/// Sums over all ranks what each has formed for its leaves, as one tree over the leaves.
///
/// Partial sums stand in memory that the ranks of a node share, a *slot* for each subtree of a rank.
/// First every rank of the node adds its slice of all slots. Then the ranks that have the same slice
/// on other nodes exchange what their nodes have of it: each gets a part of the slice from all of them,
/// adds it in the order of the tree, and gives the result to all. So a power of two of nodes moves what
/// a plain allreduce moves; another number sends one partial for each subtree that a node owns. Between
/// nodes each range sets out as soon as it is complete.
///
/// The bits are those of one rank that has all leaves.
package final class TreeReduction {
  /// This rank's subtrees of leaves, in order.
  package let subtrees: [Range<Int>]
  private let pool: WorkerPool
  private let arena: SharedArena  // [slots, floats of a slot], and what ranks tell one another
  private let firstSlot: Int
  private let nodePlaces: SumPlaces
  private let sumsSlot: Int
  private let betweenNodes: NodeExchange?
  private let background: BackgroundProgress?
  /// What was completed since the last end.
  private var completed = 0..<0

  /// Memory for sums over the tree's leaves. Collective.
  ///
  /// - Parameters:
  ///   - count: the floats of a sum.
  ///   - ranges: into how many parts they are completed.
  ///   - isShared: whether the ranks of a node may see the same sums: only where they agree on who writes
  ///     to them.
  package init(
    _ tree: LeafTree, count: Int, ranges: Int = 1, isShared: Bool,
    communicator: any Communicator, pool: WorkerPool
  ) throws(CommunicationError) {
    self.pool = pool
    let owned = (0..<communicator.size).map { rank in
      LeafTree.subtrees(of: tree.leaves(ofPart: rank, of: communicator.size))
    }
    subtrees = owned[communicator.rank]
    let stride = CacheLine.padded(count)
    func floats(of ranks: [Int]) -> Int {
      max(1, ranks.reduce(0) { $0 + owned[$1].count }) * stride
        + Arrivals.floatCount(ranks: ranks.count)
    }
    let onNode = isShared ? try communicator.ranksOfNode() : [communicator.rank]
    let own = floats(of: [communicator.rank])
    let arena =
      isShared
      ? try communicator.makeSharedArena(
        floatCount: floats(of: onNode), privateCount: own, scope: .node)
      : SharedArena(privateCount: own, fallbackReason: nil)
    // Without shared memory every rank is a node of its own.
    let members = arena.memberCount == onNode.count ? onNode : [communicator.rank]
    self.arena = arena
    let slots = members.flatMap { owned[$0] }
    firstSlot = members.prefix { $0 != communicator.rank }.reduce(0) { $0 + owned[$1].count }
    let sums = TreeSums(
      Dictionary(uniqueKeysWithValues: zip(slots, slots.indices)), leafCount: tree.leafCount)
    nodePlaces = SumPlaces(
      sums.additions, bases: (0..<max(1, slots.count)).map { arena.base + $0 * stride })
    sumsSlot = sums.roots.first?.place ?? 0

    let nodes = try communicator.nodes(members)
    guard nodes.count > 1 else {
      (betweenNodes, background) = (nil, nil)
      return
    }
    let slices = nodes.map(\.count).min() ?? 1
    let slice = arena.memberRank
    let peers =
      slice < slices
      ? PeerPlan(
        peers: nodes.map { $0[slice] }, index: nodes.firstIndex(of: members) ?? 0,
        slice: Share(slice, of: slices),
        subtrees: nodes.map { ranks in ranks.flatMap { owned[$0] } }, leafCount: tree.leafCount,
        partFloats: NodeExchange.partFloats(
          of: count, ranges: ranges, slices: slices, nodes: nodes.count),
        roots: sums.roots.map { ($0.leaves, arena.base + $0.place * stride) },
        result: arena.base + sumsSlot * stride) : nil
    let exchange = NodeExchange(
      nodePlaces: nodePlaces,
      arrivals: Arrivals(
        at: arena.base + max(1, slots.count) * stride, rank: slice, of: members.count),
      peers: peers, communicator: communicator)
    betweenNodes = exchange
    let ownPool = WorkerPool(workers: 1)
    background =
      peers != nil && Flight.servesThreads
      ? BackgroundProgress { exchange.advance(pool: ownPool) } : nil
  }

  deinit { background?.stop() }

  /// How many copies of the gradients a rank holds for their sums: one for each subtree of its leaves, and
  /// between nodes its share of what comes from the others and is added there, about one a node.
  ///
  /// - Parameters:
  ///   - leaves: the rank's.
  ///   - node: where it stands.
  package static func gradientCopies(leaves: Range<Int>, node: NodeTopology) -> Double {
    Double(max(1, LeafTree.subtrees(of: leaves).count))
      + (node.count > 1 ? 1 / Double(node.localSize) : 0)
  }

  /// Where this rank puts the sums of one of its subtrees.
  package func partial(_ index: Int) -> FloatPointer { nodePlaces[firstSlot + index] }

  /// Where the sums over all leaves stand after `reduce`, until somebody's next partial sums: one copy
  /// for the ranks that share the memory.
  package var sums: FloatPointer { nodePlaces[sumsSlot] }

  /// Whether this rank writes for those that see the same sums.
  package var isLeader: Bool { arena.isLeader }

  /// Why memory is not shared although it was wanted.
  package var fallbackReason: String? { arena.fallbackReason }

  /// Says that this rank has finished its partial sums of some floats, which nobody touches until `finish`.
  ///
  /// All ranks complete the same ranges in the same order. Between nodes they travel from now on, while
  /// this rank computes the next; it calls MPI for nothing else until then.
  package func complete(_ range: Range<Int>) {
    completed =
      completed.isEmpty
      ? range
      : min(completed.lowerBound, range.lowerBound)..<max(completed.upperBound, range.upperBound)
    guard let betweenNodes else { return }
    guard let background else { return betweenNodes.announce(range) }
    background.withExchange { betweenNodes.announce(range) }
    background.begin()
  }

  /// Waits until the sums over all leaves are there of all that was completed. Collective.
  ///
  /// - Returns: for how long the exchange between nodes has gone on before this call, in seconds: what was
  ///   hidden behind the computing.
  package func finish() throws(CommunicationError) -> Double {
    defer { completed = 0..<0 }
    if let betweenNodes {
      background?.end()
      let hidden = try betweenNodes.finish(pool: pool)
      try arena.handOver()
      return hidden
    }
    try arena.handOver()
    nodePlaces.add(
      arena.share.range(of: completed, multipleOf: CacheLine.floats), pool: pool)
    try arena.handOver()
    return 0
  }

  /// When the parts that `finish` has last waited for were on their way between nodes.
  package var journeys: [ExchangeJourney] { betweenNodes?.journeys ?? [] }

  /// Sums some floats over all leaves. Collective.
  package func reduce(_ range: Range<Int>) throws(CommunicationError) {
    complete(range)
    _ = try finish()
  }

  /// Lets those that share the memory see what was written to the sums, and waits until all have read
  /// what they wanted of them.
  package func handOver() throws(CommunicationError) { try arena.handOver() }
}

extension Communicator {
  /// The ranks of this node, in the order of local ranks.
  func ranksOfNode() throws(CommunicationError) -> [Int] {
    try gatherOnNode(withUnsafeBytes(of: Int64(rank)) { Array($0) }).map { bytes in
      Int(bytes.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) })
    }
  }

  /// The ranks of all groups of ranks, each of which knows its own; the groups in the order of their
  /// first ranks.
  func nodes(_ own: [Int]) throws(CommunicationError) -> [[Int]] {
    let words = try gatherForAll(own.map(String.init).joined(separator: ","))
    var nodes: [[Int]] = []
    for group in words {
      let ranks = group.split(separator: ",").compactMap { Int($0) }
      if !nodes.contains(ranks) { nodes.append(ranks) }
    }
    return nodes
  }
}
