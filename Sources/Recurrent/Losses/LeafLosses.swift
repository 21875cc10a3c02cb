import Storage

/// The losses of a window, a sum for each of its leaves.
package struct LeafLosses: Sendable {
  private let sums: Common<LossSum>  // [leaves]
  /// The number of leaves.
  package let count: Int

  init(_ sums: Common<LossSum>, count: Int) {
    self.sums = sums
    self.count = count
  }

  package subscript(leaf: Int) -> LossSum { sums[leaf] }
}
