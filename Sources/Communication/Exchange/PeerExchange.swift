import Storage
import Workers

/// What the ranks that have the same slice on different nodes send one another.
final class PeerExchange {
  private let peers: [Int]  // the rank of each node
  private let index: Int  // of this node
  private let pool: WorkerPool
  private let roots: Arena<FloatPointer>  // this node's partial sums
  private let rootCounts: Arena<Int>  // of each node
  private let result: FloatPointer
  private let inbox: Arena<Float>  // [roots of other nodes, this rank's part]
  private let ownCopies: Arena<Float>  // [roots of this node, this rank's part]
  private let places: SumPlaces
  private let firstPlace: Int
  private let transfers: Arena<Transfer>
  private let stride: Int

  /// nil where there is one node, or where this rank takes no part.
  ///
  /// - Parameters:
  ///   - nodes: the ranks of each node.
  ///   - slice: this rank's number on its node, of as many as take part on each.
  ///   - owned: the subtrees of each rank.
  ///   - capacity: the floats of a whole sum.
  ///   - roots: what this node has after its own additions.
  ///   - result: where the sums over all nodes go.
  init?(
    _ nodes: [[Int]], slice: Int, of slices: Int, owned: [[Range<Int>]], tree: LeafTree, rank: Int,
    capacity: Int, pool: WorkerPool, roots: [(leaves: Range<Int>, base: FloatPointer)],
    result: FloatPointer
  ) {
    guard nodes.count > 1, slice < slices,
      let index = nodes.firstIndex(where: { $0.contains(rank) })
    else { return nil }
    self.index = index
    self.pool = pool
    self.result = result
    peers = nodes.map { $0[slice] }
    // A part of a slice is at most this long; slices begin on cache lines.
    let longestSlice = (capacity + slices - 1) / slices + CacheLine.floats
    let stride = CacheLine.padded((longestSlice + nodes.count - 1) / nodes.count + CacheLine.floats)
    self.stride = stride
    let rootsOfNodes = nodes.enumerated().map { number, ranks in
      number == index
        ? roots.map(\.leaves)
        : TreeSums(
          Dictionary(uniqueKeysWithValues: ranks.flatMap { owned[$0] }.map { ($0, 0) }),
          leafCount: tree.leafCount
        ).roots.map(\.leaves)
    }
    rootCounts = Arena(rootsOfNodes.map(\.count))
    self.roots = Arena(roots.map(\.base))
    let foreign = rootsOfNodes.reduce(0) { $0 + $1.count } - roots.count
    let inbox = Arena<Float>(count: foreign * stride)
    // Places: the other nodes' roots as they come, and copies of this one's, which stay to be sent.
    var subtrees: [Range<Int>: Int] = [:]
    for (number, ranges) in rootsOfNodes.enumerated() where number != index {
      for range in ranges { subtrees[range] = subtrees.count }
    }
    for root in roots { subtrees[root.leaves] = subtrees.count }
    let own = Arena<Float>(count: roots.count * stride)
    let bases =
      (0..<foreign).map { inbox.base + $0 * stride }
      + (0..<roots.count).map { own.base + $0 * stride }
    let sums = TreeSums(subtrees, leafCount: tree.leafCount)
    places = SumPlaces(sums.additions, bases: bases)
    firstPlace = sums.roots.first?.place ?? 0
    ownCopies = own
    self.inbox = inbox
    transfers = Arena(count: nodes.count * (2 + roots.count) + foreign)
  }

  private func part(_ node: Int, of slice: Range<Int>) -> Range<Int> {
    Share(node, of: peers.count).range(of: slice)
  }

  /// Brings the sums over all nodes of a slice to `result`, whose other floats stay as they are.
  func reduce(
    _ slice: Range<Int>, _ communicator: any Communicator
  ) throws(CommunicationError) {
    let own = part(index, of: slice)
    try exchange(communicator) { add in
      var arrived = 0
      for (node, peer) in peers.enumerated() where node != index {
        let theirs = part(node, of: slice)
        for root in 0..<roots.count where !theirs.isEmpty {
          add(Transfer(sending: buffer(roots.base[root], theirs), to: peer))
        }
        for _ in 0..<rootCounts.base[node] {
          if !own.isEmpty {
            add(
              Transfer(
                receiving: buffer(inbox.base + arrived * stride, 0..<own.count), from: peer))
          }
          arrived += 1
        }
      }
    }
    for root in 0..<roots.count {
      (ownCopies.base + root * stride).update(
        from: roots.base[root] + own.lowerBound, count: own.count)
    }
    places.add(0..<own.count, pool: pool)
    (result + own.lowerBound).update(from: places[firstPlace], count: own.count)
    try exchange(communicator) { add in
      for (node, peer) in peers.enumerated() where node != index {
        let theirs = part(node, of: slice)
        if !own.isEmpty { add(Transfer(sending: buffer(result, own), to: peer)) }
        if !theirs.isEmpty { add(Transfer(receiving: buffer(result, theirs), from: peer)) }
      }
    }
  }

  private func buffer(
    _ base: FloatPointer, _ range: Range<Int>
  ) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base + range.lowerBound, count: range.count)
  }

  private func exchange(
    _ communicator: any Communicator, _ list: ((Transfer) -> Void) -> Void
  ) throws(CommunicationError) {
    var count = 0
    list { transfer in
      transfers.base[count] = transfer
      count += 1
    }
    try communicator.exchange(UnsafeBufferPointer(start: transfers.base, count: count))
  }
}
