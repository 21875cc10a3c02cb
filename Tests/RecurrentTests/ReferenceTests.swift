import Recurrent
import Testing

/// The reference's own gradients against differences of its loss.
struct ReferenceTests {
  @Test(
    arguments: GradientCase.small + GradientCase.values.filter { $0.description.cell == "lstm" }
      + GradientCase.skipping)
  func derivativesAgreeWithFiniteDifferences(_ sample: GradientCase) throws {
    let window = sample.window()
    let state = sample.state().map(Double.init)
    let reference = try sample.reference()
    let result = reference.run(window, state: state, dropout: sample.dropoutKey)
    // The losses with kinks have none within a step either.
    // Central differences are exact to step² ≈ 1e-10 and rounding / step ≈ 1e-10 of the loss. The
    // rectifier has kinks, but none of these cases has one within a step.
    let step = 1e-5
    for (name, values) in reference.parameters {
      for place in stride(from: 0, to: values.count, by: 7) {
        var (above, below) = (reference, reference)
        above.parameters[name]?[place] += step
        below.parameters[name]?[place] -= step
        let rise =
          above.run(window, state: state, dropout: sample.dropoutKey).loss
          - below.run(window, state: state, dropout: sample.dropoutKey).loss
        let derivative = result.gradients[name]?[place] ?? .nan
        #expect(abs(rise / (2 * step) - derivative) < 1e-7, "\(name)[\(place)]")
      }
    }
  }
}
