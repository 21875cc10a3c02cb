import Testing

/// How far single precision may be from the truth, relative to the largest number of a tensor, but
/// at least 1: terms that are not small may cancel.
enum Tolerance {
  /// A state is the end of at most T · layers steps, each within a few 2⁻²⁴ of its largest term and
  /// most of them damping what came before.
  static let activation = 4e-6
  /// Losses are computed in double precision from outputs within `activation`.
  static let loss = 2e-6
  /// A sum over T·B terms, each within a few 2⁻²⁴ of what it is made of.
  static let gradient = 4e-6
}

/// The first place where `got` differs by more than `relative` allows; NaN does.
func firstDifference(_ got: [Float], _ expected: [Double], relative: Double) -> String? {
  guard got.count == expected.count else { return "\(got.count) values, not \(expected.count)" }
  let tolerance = relative * max(1, expected.map(abs).max() ?? 0)
  for place in got.indices where !(abs(Double(got[place]) - expected[place]) <= tolerance) {
    return "[\(place)] is \(got[place]), expected \(expected[place]) ± \(tolerance)"
  }
  return nil
}

extension NetworkRun {
  /// Expects the loss, outputs, states and gradients of a reference.
  func expect(_ expected: ReferenceNetwork.Result, timeSteps: Int) {
    #expect(abs(loss.sum - expected.loss) <= Tolerance.loss * max(1, abs(expected.loss)))
    #expect(abs(loss.count - expected.count) <= 1e-12 * max(1, expected.count))
    #expect(firstDifference(outputs, expected.outputs, relative: Tolerance.activation) == nil)
    for timeStep in 0..<timeSteps {
      carry(before: timeStep + 1)
      let difference = firstDifference(
        stateValues, expected.states[timeStep], relative: Tolerance.activation)
      #expect(difference == nil, "the state after time step \(timeStep)")
    }
    #expect(network.layout.parameters.count == expected.gradients.count)
    for parameter in network.layout.parameters {
      let gradients = expected.gradients[parameter.name] ?? []
      let difference = firstDifference(
        gradient(parameter), gradients, relative: Tolerance.gradient)
      #expect(difference == nil, "\(parameter.name)")
    }
  }
}
