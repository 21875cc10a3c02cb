import CKernels
import Storage

/// The simple recurrent network (Elman 1990): h_t = φ(sum), φ = tanh or max(0, ·).
package struct ElmanCell: RecurrentCell {
  package static let name = "elman"
  package static let gateCount = 1
  /// A tanh is 10, and 2 back.
  package static let productsPerUnit = 12

  private let kernels = Common(unfold_active_kernels())
  private let rectified: Bool

  package init(activation: Activation) { rectified = activation == .rectifier }

  package func forward(_ step: CellForwardStep) {
    kernels.pointee.elman_forward(step.rows, step.hidden, rectified, step.gates, step.output)
  }

  package func backward(_ step: CellBackwardStep) {
    kernels.pointee.elman_backward(
      step.rows, step.hidden, rectified, step.gates, step.output, step.outputGradient,
      step.hiddenGradient)
  }
}
