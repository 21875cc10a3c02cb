import Communication
import Foundation
import Storage
import Testing
import Workers

/// Additions that make larger subtrees of smaller ones.
struct TreeSumsTests {
  /// Whatever ranks there are, the additions give the sum of the whole tree, its bits included.
  @Test(arguments: 1...17)
  func anyNumberOfOwnersGivesTheTree(owners: Int) {
    let tree = LeafTree(streams: 16, leaves: 16)
    // Numbers whose sum depends on the order.
    let values: [[Float]] = (0..<16).map { leaf in
      (0..<2100).map { place -> Float in Float(1e3 * sin(Double(leaf * 2100 + place))) }
    }
    func sum(_ leaves: Range<Int>) -> [Float] {
      guard leaves.count > 1 else { return values[leaves.lowerBound] }
      let middle = (leaves.lowerBound + leaves.upperBound) / 2
      return zip(sum(leaves.lowerBound..<middle), sum(middle..<leaves.upperBound))
        .map { $0 + $1 }
    }
    var places: [Range<Int>: Int] = [:]
    var arrays: [[Float]] = []
    for owner in 0..<owners {
      for subtree in LeafTree.subtrees(of: tree.leaves(ofPart: owner, of: owners)) {
        places[subtree] = arrays.count
        arrays.append(sum(subtree))
      }
    }
    let sums = TreeSums(places, leafCount: 16)
    #expect(sums.roots.count == 1 && sums.roots[0].leaves == 0..<16)
    #expect(sums.additions.count == arrays.count - 1)
    let memory = Arena<Float>(arrays.joined().map { $0 })
    SumPlaces(sums.additions, bases: arrays.indices.map { memory.base + $0 * 2100 })
      .add(0..<2100, pool: WorkerPool(workers: 2))
    let got = Array(memory.buffer[sums.roots[0].place * 2100..<(sums.roots[0].place + 1) * 2100])
    #expect(got == sum(0..<16))
  }

  /// What cannot be put together stays as it is.
  @Test func partsOfATreeStayApart() {
    let sums = TreeSums([1..<2: 0, 2..<4: 1, 6..<7: 2, 7..<8: 3], leafCount: 8)
    #expect(sums.additions.map { [$0.left, $0.right] } == [[2, 3]])
    #expect(sums.roots.map(\.leaves) == [1..<2, 2..<4, 6..<8])
    #expect(sums.roots.map(\.place) == [0, 1, 2])
  }
}
