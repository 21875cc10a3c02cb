import CKernels
import Storage

/// The simple recurrent network (Elman 1990): h_t = φ(sum), φ = tanh or max(0, ·).
public struct ElmanCell: RecurrentCell {
  public static let name = "elman"
  public static let gateCount = 1

  private let kernels = unfold_active_kernels()
  private let rectified: Bool

  public init(activation: Activation) { rectified = activation == .rectifier }

  public func forward(_ step: CellForwardStep) {
    kernels.pointee.elman_forward(step.rows, step.hidden, rectified, step.gates, step.output)
  }

  public func backward(_ step: CellBackwardStep) {
    kernels.pointee.elman_backward(
      step.rows, step.hidden, rectified, step.gates, step.output, step.outputGradient,
      step.hiddenGradient)
  }
}
