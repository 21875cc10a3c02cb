import Storage
import Workers

/// What the ranks that have the same slice on different nodes send one another.
///
/// Each gets a part of the slice from all of them, adds it in the order of the tree, and gives the result
/// to all. What comes lies in memory of its own, packed: the parts of one piece after those of another.
final class PeerPlan {
  private let peers: [Int]  // the rank of each node
  private let index: Int  // of this node
  private let slice: Share  // this rank's
  private let roots: Arena<FloatPointer>  // this node's partial sums
  private let rootCounts: Arena<Int>  // of each node
  private let result: FloatPointer
  private let inbox: Arena<Float>  // [roots of other nodes, this rank's parts]
  private let ownCopies: Arena<Float>  // [roots of this node, this rank's parts]
  private let places: SumPlaces
  private let firstPlace: Int
  private let transfers: Arena<Transfer>
  private let stride: Int

  /// - Parameters:
  ///   - peers: the rank of each node that has this slice.
  ///   - index: the number of this node.
  ///   - slice: this rank's of each piece.
  ///   - subtrees: those of each node.
  ///   - leafCount: the leaves of the whole tree.
  ///   - partFloats: the most floats that this rank's parts of all pieces have together.
  ///   - roots: what this node has after its own additions.
  ///   - result: where the sums over all nodes go.
  init(
    peers: [Int], index: Int, slice: Share, subtrees: [[Range<Int>]], leafCount: Int,
    partFloats: Int, roots: [(leaves: Range<Int>, base: FloatPointer)], result: FloatPointer
  ) {
    self.index = index
    self.slice = slice
    self.peers = peers
    self.result = result
    let stride = CacheLine.padded(partFloats)
    self.stride = stride
    let rootsOfNodes = subtrees.enumerated().map { number, owned in
      number == index
        ? roots.map(\.leaves)
        : TreeSums(
          Dictionary(uniqueKeysWithValues: owned.map { ($0, 0) }), leafCount: leafCount
        ).roots.map(\.leaves)
    }
    rootCounts = Arena(rootsOfNodes.map(\.count))
    self.roots = Arena(roots.map(\.base))
    let foreign = rootsOfNodes.reduce(0) { $0 + $1.count } - roots.count
    let inbox = Arena<Float>(count: foreign * stride)
    // Places: the other nodes' roots as they come, and copies of this one's.
    var places: [Range<Int>: Int] = [:]
    for (number, ranges) in rootsOfNodes.enumerated() where number != index {
      for range in ranges { places[range] = places.count }
    }
    for root in roots { places[root.leaves] = places.count }
    let own = Arena<Float>(count: roots.count * stride)
    let bases =
      (0..<foreign).map { inbox.base + $0 * stride }
      + (0..<roots.count).map { own.base + $0 * stride }
    let sums = TreeSums(places, leafCount: leafCount)
    self.places = SumPlaces(sums.additions, bases: bases)
    firstPlace = sums.roots.first?.place ?? 0
    ownCopies = own
    self.inbox = inbox
    transfers = Arena(count: peers.count * (2 + roots.count) + foreign)
  }

  /// This rank's slice of a piece.
  func slice(of piece: Range<Int>) -> Range<Int> {
    slice.range(of: piece, multipleOf: CacheLine.floats)
  }

  /// The part of a slice that a node adds.
  private func part(_ node: Int, of slice: Range<Int>) -> Range<Int> {
    Share(node, of: peers.count).range(of: slice)
  }

  /// The floats of a slice that this rank adds.
  func ownPart(of slice: Range<Int>) -> Range<Int> { part(index, of: slice) }

  /// Starts giving every peer what this node has of the peer's part, and getting this rank's part.
  ///
  /// - Parameters:
  ///   - slice: this rank's slice of a piece.
  ///   - start: where the piece's floats begin in what comes.
  ///   - flight: one that has landed.
  ///   - number: one that no other flight has at the same time.
  func startGathering(
    _ slice: Range<Int>, at start: Int, by flight: Flight, number: Int
  ) throws(CommunicationError) {
    let own = ownPart(of: slice)
    try begin(flight, number) { add in
      var arrived = 0
      for (node, peer) in peers.enumerated() where node != index {
        let theirs = part(node, of: slice)
        for root in 0..<roots.count where !theirs.isEmpty {
          add(Transfer(sending: buffer(roots.base[root], theirs), to: peer))
        }
        for _ in 0..<rootCounts.base[node] {
          if !own.isEmpty {
            let place = inbox.base + arrived * stride + start
            add(Transfer(receiving: buffer(place, 0..<own.count), from: peer))
          }
          arrived += 1
        }
      }
    }
  }

  /// Adds what has come of this rank's part to what this node has.
  func add(_ slice: Range<Int>, at start: Int, pool: WorkerPool) {
    let own = ownPart(of: slice)
    for root in 0..<roots.count {
      (ownCopies.base + root * stride + start).update(
        from: roots.base[root] + own.lowerBound, count: own.count)
    }
    places.add(start..<start + own.count, pool: pool)
    (result + own.lowerBound).update(from: places[firstPlace] + start, count: own.count)
  }

  /// Starts giving all peers the sums of this rank's part, and getting theirs.
  func startSpreading(
    _ slice: Range<Int>, by flight: Flight, number: Int
  ) throws(CommunicationError) {
    let own = ownPart(of: slice)
    try begin(flight, number) { add in
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

  private func begin(
    _ flight: Flight, _ number: Int, _ list: ((Transfer) -> Void) -> Void
  ) throws(CommunicationError) {
    var count = 0
    list { transfer in
      transfers.base[count] = transfer
      count += 1
    }
    try flight.start(
      UnsafeBufferPointer(start: transfers.base, count: count), number: number)
  }
}
