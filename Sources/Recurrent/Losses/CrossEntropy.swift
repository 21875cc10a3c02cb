import CKernels
import Storage

/// −log softmax(outputs)[class], in nats.
package struct CrossEntropy: RowLoss {
  private let kernels = Common(unfold_active_kernels())

  package init() {}

  package func evaluate(_ rows: LossRows) {
    kernels.pointee.softmax_cross_entropy(
      rows.count, rows.width, rows.outputs, rows.classes, rows.weights, rows.losses, rows.hits)
    rows.countWhole()
  }
}
