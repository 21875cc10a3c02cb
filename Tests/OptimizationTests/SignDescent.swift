import Optimization

/// Sign descent, w ← w − rate · sign(g): the example of a new update rule.
struct SignDescent: GradientTransform {
  let momentNames: [String] = []
  let updatesParameters = true
  let sparesZeroGradients = true

  func apply(to block: inout GradientBlock) {
    for element in 0..<block.count where block.gradients[element] != 0 {
      let step = Float(block.learningRate)
      block.parameters[element] -= block.gradients[element] > 0 ? step : -step
    }
  }
}
