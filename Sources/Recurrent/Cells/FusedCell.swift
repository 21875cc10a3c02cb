import Storage

/// A cell that forms its sums by itself, in registers, where the gates use them at once.
package protocol FusedCell: RecurrentCell {
  /// Does what the layer's products and `forward` would do, bit for bit, in some time steps: the first one's
  /// operands are given, and the rows of the next one lie `streams` rows behind them.
  func forward(_ step: CellForwardStep, sums: CellSums, timeSteps: Int, streams: Int)
}

/// What the sums of a fused cell are formed from: start + x·W_ihᵀ + h·W_hhᵀ, with weights packed by
/// units.
package struct CellSums {
  let start: ProductStart
  let input: UnsafePointer<Float>?  // [rows, inputWidth]
  /// I; 0 where the start has the input's products.
  let inputWidth: Int
  let inputWeight: UnsafePointer<Float>?
  let hiddenWeight: UnsafePointer<Float>
}
