import CKernels
import Storage

/// Long short-term memory with forget gate (Hochreiter & Schmidhuber 1997; Gers et al. 2000), in
/// PyTorch's gate order i, f, g, o:
///
///     c_t = σ(f)·c_{t−1} + σ(i)·tanh(g)        h_t = σ(o)·tanh(c_t)
public struct LSTMCell: RecurrentCell {
  public static let name = "lstm"
  public static let gateCount = 4
  public static let keepsMemory = true
  public static let savedVectors = 1
  public static let forgetGate: Int? = 1

  private let kernels = unfold_active_kernels()

  public init(activation: Activation) {}

  public func forward(_ step: CellForwardStep) {
    kernels.pointee.lstm_forward(
      step.rows, step.hidden, step.gates, step.previousMemory, step.memory, step.saved,
      step.output)
  }

  public func backward(_ step: CellBackwardStep) {
    kernels.pointee.lstm_backward(
      step.rows, step.hidden, step.gates, step.previousMemory, step.saved, step.outputGradient,
      step.hiddenGradient, step.memoryGradient)
  }
}
