import CKernels
import Storage

/// The losses that compare a row's outputs with its values, target by target: means over the targets,
/// weighted, of which those that are NaN do not count.
///
/// A row's loss is Σ w·loss / Σ w, the first sum over the targets that count and the second over all
/// of them; its share is the part of Σ w that counts.
package struct ValueLoss: RowLoss {
  private let kernels = Common(unfold_active_kernels())
  private let kind: Loss.Kind
  private let delta: Float
  private let constants: Constants

  /// What kernels read.
  private final class Constants: Sendable {
    let weights: Arena<Float>  // [targets], or empty
    let levels: Arena<Float>  // [levels]

    init(_ loss: Loss) {
      weights = Arena(loss.weights ?? [])
      levels = Arena(loss.levels)
    }
  }

  /// One of the losses of values.
  package init(_ loss: Loss) {
    kind = loss.kind
    delta = loss.delta
    constants = Constants(loss)
  }

  package func evaluate(_ rows: LossRows) {
    let weights = constants.weights.count > 0 ? UnsafePointer(constants.weights.base) : nil
    let values = UnfoldValueRows(
      count: rows.count, width: rows.targets, targets: rows.values, weights: rows.weights,
      target_weights: weights, losses: rows.losses, shares: rows.shares)
    let outputs = rows.outputs
    switch kind {
    case .meanSquaredError: kernels.pointee.mean_squared_error(values, outputs)
    case .meanAbsoluteError: kernels.pointee.mean_absolute_error(values, outputs)
    case .huber: kernels.pointee.huber(values, delta, outputs)
    case .quantile:
      kernels.pointee.quantile(values, constants.levels.base, constants.levels.count, outputs)
    case .gaussian: kernels.pointee.gaussian(values, outputs)
    case .nashSutcliffe:
      kernels.pointee.nash_sutcliffe(values, rows.sequences, rows.scales, outputs)
    case .crossEntropy, .binaryCrossEntropy, .errorToSignal:
      preconditionFailure("\(kind.rawValue) is no loss of single values")
    }
  }
}
