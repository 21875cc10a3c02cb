import Storage

/// The cost of time steps, each by itself, and its gradient by the readout's outputs.
package protocol RowLoss: Sendable {
  /// Writes each row's loss, the share of the row that counts, whether it was predicted right, and,
  /// over its outputs, the gradient of weight · loss by them.
  func evaluate(_ rows: LossRows)
}

/// Some time steps of a window: consecutive rows.
package struct LossRows {
  /// The number of rows.
  package let count: Int
  /// O: the outputs of a row.
  package let width: Int
  /// The targets of a row: as many as outputs, unless a loss has several outputs for each.
  package let targets: Int
  /// Outputs in, their gradients out.
  package let outputs: FloatPointer  // [rows, O]
  /// The window, and the row of it that comes first here.
  private let batch: NetworkBatch
  private let first: Int
  /// The losses, unweighted, to be written.
  package let losses: UnsafeMutablePointer<Double>  // [rows]
  /// The share of each row that counts, to be written: 1 if all of its targets do.
  package let shares: UnsafeMutablePointer<Double>  // [rows]
  /// 1 where the prediction is right, to be written where that has a meaning.
  package let hits: UnsafeMutablePointer<UInt8>  // [rows]

  /// Rows of a window, with the window's outputs, losses, shares and hits.
  package init(
    _ rows: Range<Int>, of batch: NetworkBatch, outputs: Disjoint<Float>, width: Int,
    targets: Int, losses: Disjoint<Double>, shares: Disjoint<Double>, hits: Disjoint<UInt8>
  ) {
    count = rows.count
    first = rows.lowerBound
    self.width = width
    self.targets = targets
    self.batch = batch
    self.outputs = outputs + first * width
    self.losses = losses + first
    self.shares = shares + first
    self.hits = hits + first
  }

  /// How much each row counts.
  package var weights: UnsafePointer<Float> { batch.weights + first }  // [rows]

  /// Each row's class.
  package var classes: UnsafePointer<Int32> {  // [rows]
    guard let classes = batch.targetClasses else { preconditionFailure("no target classes") }
    return classes + first
  }

  /// Each row's values, or its labels as 0 and 1. A value that is NaN does not count.
  package var values: UnsafePointer<Float> {  // [rows, targets]
    guard let values = batch.targetValues else { preconditionFailure("no target values") }
    return values + first * targets
  }

  /// The sequence that each row is of.
  var sequences: UnsafePointer<Int32> {  // [rows]
    guard let sequences = batch.sequences else { preconditionFailure("no sequences") }
    return sequences + first
  }

  /// What errors of each sequence are multiplied by.
  var scales: UnsafePointer<Float> {  // [sequences, targets]
    guard let scales = batch.scales else { preconditionFailure("no scales of sequences") }
    return scales.base
  }

  /// Says that all of each row counts.
  func countWhole() { shares.update(repeating: 1, count: count) }
}
