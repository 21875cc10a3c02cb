import CKernels
import Storage

/// Long short-term memory with forget gate (Hochreiter & Schmidhuber 1997; Gers et al. 2000), in
/// PyTorch's gate order i, f, g, o:
///
///     c_t = σ(f)·c_{t−1} + σ(i)·tanh(g)        h_t = σ(o)·tanh(c_t)
package struct LSTMCell: FusedCell {
  package static let name = "lstm"
  package static let gateCount = 4
  /// 58 forward, where an exponential is 9, and 17 back.
  package static let productsPerUnit = 75
  package static let keepsMemory = true
  package static let savedVectors = 1
  package static let forgetGate: Int? = 1

  private let kernels = Common(unfold_active_kernels())

  package init(activation: Activation) {}

  package func forward(_ step: CellForwardStep) {
    kernels.pointee.lstm_forward(
      step.rows, step.hidden, step.gates, step.previousMemory, step.memory, step.saved,
      step.output)
  }

  package func forward(_ step: CellForwardStep, sums: CellSums, timeSteps: Int, streams: Int) {
    var operands = UnfoldLSTMSteps(
      time_steps: timeSteps, streams: streams, rows: step.rows, hidden: step.hidden,
      inputs: sums.inputWidth, start: sums.start.kernelStart, input: sums.input,
      input_weight: sums.inputWeight,
      previous_hidden: step.previousHidden, hidden_weight: sums.hiddenWeight,
      previous_memory: step.previousMemory, gates: step.gates, memory: step.memory,
      memory_tanh: step.saved, output: step.output)
    kernels.pointee.lstm_steps(&operands)
  }

  package func backward(_ step: CellBackwardStep) {
    kernels.pointee.lstm_backward(
      step.rows, step.hidden, step.streams, step.gates, step.previousMemory, step.saved,
      step.outputGradient, step.hiddenGradient, step.memoryGradient)
  }
}
