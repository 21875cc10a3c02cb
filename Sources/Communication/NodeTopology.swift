/// Where a rank stands among the nodes of a job. A node is the ranks that share memory.
public struct NodeTopology: Sendable, Equatable {
  /// This rank's number on its node, `0 ..< localSize`.
  public let localRank: Int

  /// How many ranks the node has.
  public let localSize: Int

  /// The node's number, `0 ..< count`, in the order of the nodes' leaders.
  public let index: Int

  /// How many nodes the job has.
  public let count: Int

  /// Whether this rank leads its node (local rank 0).
  public var isLeader: Bool { localRank == 0 }

  package init(localRank: Int, localSize: Int, index: Int, count: Int) {
    precondition(0..<localSize ~= localRank, "local rank \(localRank) of \(localSize)")
    precondition(0..<count ~= index, "node \(index) of \(count)")
    self.localRank = localRank
    self.localSize = localSize
    self.index = index
    self.count = count
  }
}
