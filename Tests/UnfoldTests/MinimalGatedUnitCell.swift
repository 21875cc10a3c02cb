import Foundation
import Unfold

/// The minimal gated unit (Zhou et al. 2016), an LSTM's idea with one gate. As in the GRU here, the
/// gate is applied after the recurrent product; gate order f, n:
///
///     h̃_t = tanh(n + σ(f)·n′)        h_t = (1 − σ(f))·h_{t−1} + σ(f)·h̃_t
///
/// where n is the candidate's sum from the input and n′ that from the state.
struct MinimalGatedUnit: RecurrentCell {
  static let name = "mgu"
  static let gateCount = 2
  static let separatesRecurrentSums = true
  static let passesHidden = true

  init(activation: Activation) {}

  func forward(_ step: CellForwardStep) {
    let hidden = step.hidden
    for row in 0..<step.rows {
      let gates = step.gates + row * 2 * hidden  // [f, n] sums in, σ(f) and h̃ out
      let recurrent = step.recurrentSums + row * 2 * hidden
      for unit in 0..<hidden {
        let forget = 1 / (1 + exp(-(gates[unit] + recurrent[unit])))
        let candidate = tanh(gates[hidden + unit] + forget * recurrent[hidden + unit])
        let previous = step.previousHidden[row * hidden + unit]
        step.output[row * hidden + unit] = (1 - forget) * previous + forget * candidate
        gates[unit] = forget
        gates[hidden + unit] = candidate
      }
    }
  }

  func backward(_ step: CellBackwardStep) {
    let hidden = step.hidden
    for row in 0..<step.rows {
      let gates = step.gates + row * 2 * hidden  // σ(f) and h̃ in, gradients of the sums out
      let recurrent = step.recurrentSums + row * 2 * hidden
      for unit in 0..<hidden {
        let element = row * hidden + unit
        let forget = gates[unit]
        let candidate = gates[hidden + unit]
        let gradient = step.outputGradient[element] + step.hiddenGradient[element]
        let ofCandidate = gradient * forget * (1 - candidate * candidate)
        let ofForget =
          gradient * (candidate - step.previousHidden[element])
          + ofCandidate * recurrent[hidden + unit]
        gates[unit] = ofForget * forget * (1 - forget)
        gates[hidden + unit] = ofCandidate
        recurrent[unit] = gates[unit]
        recurrent[hidden + unit] = ofCandidate * forget
        step.hiddenGradient[element] = gradient * (1 - forget)
      }
    }
  }
}
