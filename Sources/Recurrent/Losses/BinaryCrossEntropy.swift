import CKernels
import Storage

/// The sum over the labels of −y·log σ(x) − (1 − y)·log(1 − σ(x)), in nats; right if all labels are.
package struct BinaryCrossEntropy: RowLoss {
  private let kernels = Common(unfold_active_kernels())

  package init() {}

  package func evaluate(_ rows: LossRows) {
    kernels.pointee.binary_cross_entropy(
      rows.count, rows.width, rows.outputs, rows.values, rows.weights, rows.losses, rows.hits)
    rows.countWhole()
  }
}
