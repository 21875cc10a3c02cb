import Foundation
import Synchronization
import Unfold

/// An Elman cell that does not come back from one of its time steps.
struct StuckCell: RecurrentCell {
  static let name = "stuck"
  static let gateCount = 1
  /// The calls of `forward` that do come back.
  static let remaining = Atomic(Int.max)

  init(activation: Activation) {}

  func forward(_ step: CellForwardStep) {
    if Self.remaining.wrappingSubtract(1, ordering: .relaxed).newValue < 0 {
      while Self.remaining.load(ordering: .relaxed) < 0 {}
    }
    for element in 0..<step.rows * step.hidden {
      let output = tanh(step.gates[element])
      step.gates[element] = output
      step.output[element] = output
    }
  }

  func backward(_ step: CellBackwardStep) {
    for element in 0..<step.rows * step.hidden {
      let output = step.gates[element]
      let gradient = step.outputGradient[element] + step.hiddenGradient[element]
      step.gates[element] = gradient * (1 - output * output)
    }
  }
}
