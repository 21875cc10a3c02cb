import Storage

/// The costs of one time step that a network can minimise, by their names in the configuration.
package enum Loss: String, Sendable, CaseIterable {
  case crossEntropy = "cross-entropy"
  case meanSquaredError = "mean-squared-error"
  case binaryCrossEntropy = "binary-cross-entropy"

  /// What computes it.
  var function: any LossFunction {
    switch self {
    case .crossEntropy: CrossEntropy()
    case .meanSquaredError: MeanSquaredError()
    case .binaryCrossEntropy: BinaryCrossEntropy()
    }
  }
}

/// The cost of some time steps and its gradient by the readout's outputs.
package protocol LossFunction: Sendable {
  /// Writes each row's loss, whether it was predicted right, and, over its outputs, the gradient of
  /// weight · loss by them.
  func evaluate(_ rows: LossRows)
}

/// Some time steps of a window: consecutive rows.
package struct LossRows {
  /// The number of rows.
  package let count: Int
  /// O: the outputs of a row.
  package let width: Int
  /// Outputs in, their gradients out.
  package let outputs: FloatPointer  // [rows, O]
  /// The window, and the row of it that comes first here.
  private let batch: NetworkBatch
  private let first: Int
  /// The losses, unweighted, to be written.
  package let losses: UnsafeMutablePointer<Double>  // [rows]
  /// 1 where the prediction is right, to be written where that has a meaning.
  package let hits: UnsafeMutablePointer<UInt8>  // [rows]

  /// Rows of a window, with the window's outputs, losses and hits.
  package init(
    _ rows: Range<Int>, of batch: NetworkBatch, outputs: Disjoint<Float>, width: Int,
    losses: Disjoint<Double>, hits: Disjoint<UInt8>
  ) {
    count = rows.count
    first = rows.lowerBound
    self.width = width
    self.batch = batch
    self.outputs = outputs + first * width
    self.losses = losses + first
    self.hits = hits + first
  }

  /// How much each row counts.
  package var weights: UnsafePointer<Float> { batch.weights + first }  // [rows]

  /// Each row's class.
  package var classes: UnsafePointer<Int32> {  // [rows]
    guard let classes = batch.targetClasses else { preconditionFailure("no target classes") }
    return classes + first
  }

  /// Each row's values, or its labels as 0 and 1.
  package var values: UnsafePointer<Float> {  // [rows, O]
    guard let values = batch.targetValues else { preconditionFailure("no target values") }
    return values + first * width
  }
}
