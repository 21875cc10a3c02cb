import Storage
import Workers

/// Sums over all ranks what each has formed for its leaves, as one tree over the leaves.
///
/// Partial sums stand in memory that the ranks of a node share, a *slot* for each subtree of a rank.
/// First every rank of the node adds its slice of all slots. Then the ranks that have the same slice
/// on other nodes exchange what their nodes have of it: each gets a part of the slice from all of them,
/// adds it in the order of the tree, and gives the result to all. So a power of two of nodes moves what
/// a plain allreduce moves; another number sends one partial for each subtree that a node owns.
///
/// The bits are those of one rank that has all leaves.
package final class TreeReduction {
  /// This rank's subtrees of leaves, in order.
  package let subtrees: [Range<Int>]
  private let communicator: any Communicator
  private let pool: WorkerPool
  private let arena: SharedArena  // [slots, floats of a slot]
  private let firstSlot: Int
  private let nodePlaces: SumPlaces
  private let sumsSlot: Int
  private let peers: PeerExchange?
  /// How many ranks of each node take part in the exchange between nodes.
  private let sliceCount: Int

  /// Memory for sums of `count` floats over the tree's leaves. Collective.
  ///
  /// - Parameter isShared: whether the ranks of a node may see the same sums: only where they agree on
  ///   who writes to them.
  package init(
    _ tree: LeafTree, count: Int, isShared: Bool, communicator: any Communicator,
    pool: WorkerPool
  ) throws(CommunicationError) {
    self.communicator = communicator
    self.pool = pool
    let owned = (0..<communicator.size).map { rank in
      LeafTree.subtrees(of: tree.leaves(ofPart: rank, of: communicator.size))
    }
    subtrees = owned[communicator.rank]
    let stride = CacheLine.padded(count)
    func floats(of ranks: [Int]) -> Int {
      max(1, ranks.reduce(0) { $0 + owned[$1].count }) * stride
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
    var places: [Range<Int>: Int] = [:]
    var slots = 0
    var first = 0
    for rank in members {
      if rank == communicator.rank { first = slots }
      for subtree in owned[rank] {
        places[subtree] = slots
        slots += 1
      }
    }
    firstSlot = first
    let sums = TreeSums(places, leafCount: tree.leafCount)
    nodePlaces = SumPlaces(
      sums.additions, bases: (0..<max(1, slots)).map { arena.base + $0 * stride })
    sumsSlot = sums.roots.first?.place ?? 0
    let nodes = try communicator.nodes(members)
    sliceCount = nodes.map(\.count).min() ?? 1
    peers = PeerExchange(
      nodes, slice: arena.memberRank, of: sliceCount, owned: owned, tree: tree,
      rank: communicator.rank, capacity: count, pool: pool,
      roots: sums.roots.map { ($0.leaves, arena.base + $0.place * stride) },
      result: arena.base + sumsSlot * stride)
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

  /// Sums some floats over all leaves. Collective.
  package func reduce(_ range: Range<Int>) throws(CommunicationError) {
    try arena.handOver()
    if arena.memberRank < sliceCount {
      let slice = Share(arena.memberRank, of: sliceCount).range(
        of: range, multipleOf: CacheLine.floats)
      nodePlaces.add(slice, pool: pool)
      try peers?.reduce(slice, communicator)
    }
    try arena.handOver()
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
