/// The leaves of a minibatch: contiguous blocks of its streams, a power of two of them.
///
/// Whatever is summed over streams is summed within a leaf, the last time step first, and over leaves as
/// one binary tree: a leaf's number in binary is its path. A worker, a rank and a node each own a run of
/// leaves and sum whole subtrees; what remains is summed above them. So nobody sees in the bits who owned
/// what. The number of leaves follows from the streams (and a key), never from the layout.
package struct LeafTree: Sendable, Equatable {
  /// The streams of the minibatch.
  package let streams: Int
  /// The number of leaves, a power of two.
  package let leafCount: Int

  /// As many leaves as kernels can sum over.
  package static let most = 1024

  /// A tree of so many leaves.
  package init(streams: Int, leaves: Int) {
    precondition(
      leaves.nonzeroBitCount == 1 && leaves <= max(1, streams) && leaves <= Self.most,
      "\(leaves) leaves of \(streams) streams")
    self.streams = streams
    leafCount = leaves
  }

  /// The streams of some leaves.
  package func streams(of leaves: Range<Int>) -> Range<Int> {
    start(of: leaves.lowerBound)..<start(of: leaves.upperBound)
  }

  /// Where some leaves end, counted from the first stream of theirs.
  package func ends(of leaves: Range<Int>) -> [Int] {
    leaves.map { start(of: $0 + 1) - start(of: leaves.lowerBound) }
  }

  /// Leaves, and subtrees of every size, differ by at most one stream.
  private func start(of leaf: Int) -> Int { leaf * streams / leafCount }

  /// The run of leaves that one of `parts` owns: runs differ by at most one leaf.
  package func leaves(ofPart part: Int, of parts: Int) -> Range<Int> {
    Share(part, of: parts).range(of: leafCount)
  }

  /// The largest whole subtrees that a run of leaves is made of, in order.
  package static func subtrees(of run: Range<Int>) -> [Range<Int>] {
    var subtrees: [Range<Int>] = []
    var next = run.lowerBound
    while next < run.upperBound {
      // A subtree begins at a multiple of its size.
      var size = next == 0 ? most : 1 << next.trailingZeroBitCount
      while next + size > run.upperBound { size /= 2 }
      subtrees.append(next..<next + size)
      next += size
    }
    return subtrees
  }

  /// The sum over all leaves of what each has.
  package func sum<Value>(
    _ value: (_ leaf: Int) -> Value, _ add: (Value, Value) -> Value
  ) -> Value {
    func sum(_ leaves: Range<Int>) -> Value {
      guard leaves.count > 1 else { return value(leaves.lowerBound) }
      let middle = leaves.lowerBound + leaves.count / 2
      return add(sum(leaves.lowerBound..<middle), sum(middle..<leaves.upperBound))
    }
    return sum(0..<leafCount)
  }
}

/// How the streams of a window lie in leaves.
package struct WindowLeaves: Sendable {
  /// Where each leaf ends, among the window's streams; nil for one leaf.
  package let ends: Common<Int>?
  /// The number of leaves.
  package let count: Int

  /// All streams in one leaf.
  package static var one: WindowLeaves { WindowLeaves(ends: nil, count: 1) }

  package init(ends: Common<Int>?, count: Int) {
    self.ends = ends
    self.count = count
  }

  /// The streams of a leaf, in a window of so many.
  package func streams(ofLeaf leaf: Int, of streams: Int) -> Range<Int> {
    guard let ends else { return 0..<streams }
    return (leaf == 0 ? 0 : ends[leaf - 1])..<ends[leaf]
  }
}
