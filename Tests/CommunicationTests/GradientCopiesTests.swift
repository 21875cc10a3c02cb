import Communication
import Testing

/// What is foretold of the memory for sums over ranks.
@Suite struct GradientCopiesTests {
  private func copies(_ leaves: Range<Int>, ranks: Int, nodes: Int) -> Double {
    TreeReduction.gradientCopies(
      leaves: leaves, node: NodeTopology(localRank: 0, localSize: ranks, index: 0, count: nodes))
  }

  @Test func eachSubtreeHasOne() {
    #expect(copies(0..<4, ranks: 2, nodes: 1) == 1)
    #expect(copies(0..<3, ranks: 2, nodes: 1) == 2)
    #expect(copies(0..<0, ranks: 2, nodes: 1) == 1)
  }

  /// A part of the sums comes from every other node, and is added beside a copy of the own one.
  @Test func aNodeHasOneMoreForWhatComes() {
    #expect(copies(0..<4, ranks: 1, nodes: 2) == 2)
    #expect(copies(0..<4, ranks: 4, nodes: 3) == 1.25)
  }
}
