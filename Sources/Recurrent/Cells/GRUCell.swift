import CKernels
import Storage

/// Gated recurrent unit (Cho et al. 2014), with the reset gate applied after the recurrent
/// product as PyTorch and cuDNN have it; gate order r, z, n:
///
///     n_t = tanh(n + σ(r)·n′)        h_t = (1 − σ(z))·n_t + σ(z)·h_{t−1}
///
/// where n is the candidate's sum from the input and n′ that from the state.
public struct GRUCell: RecurrentCell {
  public static let name = "gru"
  public static let gateCount = 3
  public static let separatesRecurrentSums = true
  public static let passesHidden = true

  private let kernels = unfold_active_kernels()

  public init(activation: Activation) {}

  public func forward(_ step: CellForwardStep) {
    kernels.pointee.gru_forward(
      step.rows, step.hidden, step.gates, step.recurrentSums, step.previousHidden, step.output)
  }

  public func backward(_ step: CellBackwardStep) {
    kernels.pointee.gru_backward(
      step.rows, step.hidden, step.gates, step.recurrentSums, step.previousHidden,
      step.outputGradient, step.hiddenGradient)
  }
}
