/// What summing over all ranks must move at least.
package struct ExchangeDemand: Sendable {
  /// The bytes of a sum.
  package let bytes: Int
  /// The partial sums that the node's ranks have.
  package let slots: Int
  /// The ranks that sum them.
  package let ranks: Int
  /// The groups of ranks between which messages go.
  package let nodes: Int

  /// - Parameters:
  ///   - bytes: of a sum.
  ///   - slots: the partial sums of a node.
  ///   - ranks: the ranks of that node.
  ///   - nodes: the groups of ranks between which messages go.
  package init(bytes: Int, slots: Int, ranks: Int, nodes: Int) {
    self.bytes = bytes
    self.slots = slots
    self.ranks = ranks
    self.nodes = nodes
  }

  /// What a node's cores read and write: each partial sum is read once, and the sum written once.
  package var nodeBytes: Int { (slots + 1) * bytes }

  /// What a node sends, and it receives as much: 2·(N − 1)/N of a sum. It gives away what others add
  /// up, and gives its own part of the sums to all of them.
  package var wireBytes: Double { 2 * Double(nodes - 1) / Double(nodes) * Double(bytes) }
}
