import Foundation
import SequenceData
import Testing

@Suite struct MackeyGlassTests {
  /// Heun's method at a much smaller step on the whole history, with linear interpolation nowhere
  /// needed: an independent second-order integration.
  private func heun(tau: Int, initial: Double, count: Int, stepsPerUnit: Int) -> [Double] {
    let delay = tau * stepsPerUnit
    let size = 1 / Double(stepsPerUnit)
    var history = [Double](repeating: initial, count: delay + 1)
    func slope(_ x: Double, _ delayed: Double) -> Double {
      0.2 * delayed / (1 + pow(delayed, 10)) - 0.1 * x
    }
    for step in 0..<(count - 1) * stepsPerUnit {
      let present = history[step + delay]
      let first = slope(present, history[step])
      let second = slope(present + size * first, history[step + 1])
      history.append(present + size / 2 * (first + second))
    }
    return (0..<count).map { history[delay + $0 * stepsPerUnit] }
  }

  @Test(arguments: [(17, 1.2), (17, 0.9), (30, 1.2), (1, 0.5)])
  func earlySamplesAgreeWithAnotherMethod(tau: Int, initial: Double) {
    let samples = MackeyGlass(tau: tau).samples(count: 200, initial: initial)
    let reference = heun(tau: tau, initial: initial, count: 200, stepsPerUnit: 400)
    let error = zip(samples, reference).map { abs($0 - $1) }.max() ?? 1
    // Heun at 1/400 is good to about 10⁻⁶; chaos grows that little within 200 time units.
    #expect(error < 2e-5, "\(error)")
  }

  @Test func splitIsNormalisedByTheTrainingSeries() throws {
    let split = MackeyGlass().split(samples: 2000, validationSamples: 500, seed: 1)
    let training = steps(of: split.training, sequence: 0).map { $0.inputs[0] }
    let validation = try #require(split.validation)
    #expect(training.count == 2000 && validation.timeSteps(ofSequence: 0, epoch: 0) == 500)
    let mean = training.reduce(0, +) / 2000
    let deviation = (training.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2000).squareRoot()
    #expect(abs(mean) < 1e-2 && abs(deviation - 1) < 1e-2)
    #expect(validation.columns == split.training.columns)
    #expect(
      steps(of: validation, sequence: 0).map { $0.inputs[0] } != Array(training.prefix(500)))
    // The well-known attractor: between 0.2 and 1.4, mean about 0.93.
    let values = (0..<2000).map {
      split.training.target(sequence: 0, timeStep: $0, column: 0)
    }
    #expect(values.allSatisfy { (0.2...1.4).contains($0) })
    #expect(abs(split.training.columns.inputs[0].center - 0.93) < 0.03)
    let other = MackeyGlass().split(samples: 2000, validationSamples: 0, seed: 2)
    #expect(other.validation == nil)
    #expect(other.training.target(sequence: 0, timeStep: 0, column: 0) != values[0])
  }

  @Test func baselinesAreAsDocumented() {
    let split = MackeyGlass().split(samples: 5000, validationSamples: 0, seed: 1)
    let steps = steps(of: split.training, sequence: 0)
    let persistence =
      steps.reduce(0.0) { $0 + pow(Double($1.targets[0] - $1.inputs[0]), 2) } / 5000
    #expect(abs(persistence.squareRoot() - 0.15) < 0.03, "\(persistence.squareRoot())")
  }
}
