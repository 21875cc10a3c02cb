import CKernels
import Storage

/// The mean over the outputs of (output − value)².
package struct MeanSquaredError: LossFunction {
  private let kernels = Common(unfold_active_kernels())

  package init() {}

  package func evaluate(_ rows: LossRows) {
    kernels.pointee.mean_squared_error(
      rows.count, rows.width, rows.outputs, rows.values, rows.weights, rows.losses)
  }
}
