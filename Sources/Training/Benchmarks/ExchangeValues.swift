import Storage
import Workers

/// What ranks add up when their sums are to be checked: whole numbers, so small that a `Float`
/// holds every sum of them exactly, in whatever order they are added.
///
/// In repetition n leaf l contributes (l + 1)·(1 + (i + 7·n) mod 31) to element i. Of 1024 leaves
/// that is 524,800·31 < 2²⁴ at most.
package struct ExchangeValues: Sendable {
  private let leafCount: Int
  private let repetition: Int

  /// - Parameters:
  ///   - leafCount: the leaves that are summed.
  ///   - repetition: the number of the sum, so that nobody takes an earlier one for it.
  package init(leafCount: Int, repetition: Int) {
    self.leafCount = leafCount
    self.repetition = repetition
  }

  /// Writes what some leaves contribute together to the first `count` elements.
  package func fill(
    _ place: FloatPointer, count: Int, leaves: Range<Int>, pool: WorkerPool
  ) {
    let place = Disjoint(place)
    pool.forEachSlice(of: count, multipleOf: CacheLine.floats) { _, slice in
      for index in slice { place[index] = value(of: leaves, index) }
    }
  }

  /// The first of `count` sums that is not what all leaves contribute; nil if there is none.
  package func firstWrong(
    among sums: FloatPointer, count: Int
  ) -> (index: Int, expected: Float, got: Float)? {
    for index in 0..<count {
      let expected = value(of: 0..<leafCount, index)
      guard sums[index] == expected else { return (index, expected, sums[index]) }
    }
    return nil
  }

  private func value(of leaves: Range<Int>, _ index: Int) -> Float {
    // Σ (l + 1) over the leaves.
    let (start, end) = (leaves.lowerBound, leaves.upperBound)
    let weight = (end * (end + 1) - start * (start + 1)) / 2
    return Float(weight * (1 + (index + 7 * repetition) % 31))
  }
}
