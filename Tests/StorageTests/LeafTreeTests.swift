import Storage
import Testing

struct LeafTreeTests {
  /// Leaves, and subtrees of every size, differ by at most one stream, and none is empty.
  @Test(arguments: [(1, 1), (2, 2), (20, 8), (50, 16), (13, 8), (64, 64), (1000, 256)])
  func streamsAreCutEvenly(streams: Int, leaves: Int) {
    let tree = LeafTree(streams: streams, leaves: leaves)
    var size = 1
    while size <= leaves {
      let sizes = stride(from: 0, to: leaves, by: size).map { first in
        tree.streams(of: first..<first + size).count
      }
      #expect(sizes.reduce(0, +) == streams)
      #expect((sizes.min() ?? 0) >= 1 && (sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
      size *= 2
    }
  }

  /// Every run is made of the fewest whole subtrees.
  @Test func runsAreMadeOfSubtrees() {
    for first in 0...32 {
      for end in first...32 {
        let subtrees = LeafTree.subtrees(of: first..<end)
        #expect(subtrees.flatMap { Array($0) } == Array(first..<end))
        for subtree in subtrees {
          #expect(subtree.count.nonzeroBitCount == 1)
          #expect(subtree.lowerBound % subtree.count == 0)
        }
        for (left, right) in zip(subtrees, subtrees.dropFirst()) {
          let siblings = left.count == right.count && left.lowerBound % (2 * left.count) == 0
          #expect(!siblings, "\(left) and \(right) make up one")
        }
      }
    }
  }

  @Test func sumsAreTakenByHalves() {
    let tree = LeafTree(streams: 8, leaves: 8)
    let words = tree.sum({ "\($0)" }, { "(\($0)\($1))" })
    #expect(words == "(((01)(23))((45)(67)))")
  }
}
