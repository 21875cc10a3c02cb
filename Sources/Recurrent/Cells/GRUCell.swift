import CKernels
import Storage

/// Gated recurrent unit (Cho et al. 2014), with the reset gate applied after the recurrent
/// product as PyTorch and cuDNN have it; gate order r, z, n:
///
///     n_t = tanh(n + σ(r)·n′)        h_t = (1 − σ(z))·n_t + σ(z)·h_{t−1}
///
/// where n is the candidate's sum from the input and n′ that from the state.
package struct GRUCell: RecurrentCell {
  package static let name = "gru"
  package static let gateCount = 3
  /// 34 forward, where an exponential is 9, and 15 back.
  package static let productsPerUnit = 49
  package static let separatesRecurrentSums = true
  package static let passesHidden = true

  private let kernels = Common(unfold_active_kernels())

  package init(activation: Activation) {}

  package func forward(_ step: CellForwardStep) {
    kernels.pointee.gru_forward(
      step.rows, step.hidden, step.gates, step.recurrentSums, step.previousHidden, step.output)
  }

  package func backward(_ step: CellBackwardStep) {
    kernels.pointee.gru_backward(
      step.rows, step.hidden, step.gates, step.recurrentSums, step.previousHidden,
      step.outputGradient, step.hiddenGradient)
  }
}
