import Foundation
import Optimization
import Storage
import Testing
import Workers

/// Every optimizer and clip against torch.optim in double precision.
struct OptimizerFixtureTests {
  static let divisor = 7.0
  static let rate = 0.05

  @Test(arguments: OptimizerChain.fixtureNames)
  func parametersAndMomentsAreThoseOfPyTorch(name: String) throws {
    let fixture = try Fixture()
    let start = try fixture.floats("parameters")
    let gradients = try fixture.floats("gradients")
    let expected = try fixture.doubles("\(name)/parameters")
    let chain = try OptimizerChain.fixture(name, parameterCount: start.count)
    let pool = WorkerPool(workers: 2)
    var arenas = Arenas(parameters: start, gradients: [], momentCount: chain.momentCount)
    for step in 1...gradients.count / start.count {
      let row = (step - 1) * start.count..<step * start.count
      arenas.gradients = Array(gradients[row])
      arenas.update(
        by: chain, step: step, rate: Self.rate, divisor: Self.divisor, pool: pool)
      expectClose(arenas.parameters, expected[row], "parameters after step \(step)")
    }
    for (index, moment) in chain.momentNames.enumerated() {
      let values = arenas.moments[index * start.count..<(index + 1) * start.count]
      expectClose(Array(values), try fixture.doubles("\(name)/moments.\(moment)")[...], moment)
    }
  }

  @Test func theFixtureHasTheMomentsOfEveryChain() throws {
    let tensors = try Fixture().file.tensors.map(\.name)
    for name in OptimizerChain.fixtureNames {
      let prefix = "\(name)/moments."
      let expected = tensors.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
      let chain = try OptimizerChain.fixture(name, parameterCount: 1)
      #expect(Set(chain.momentNames) == Set(expected.map(String.init)), "\(name)")
    }
  }

  @Test func normIsThatOfTheMeanGradient() throws {
    let fixture = try Fixture()
    let gradients = try fixture.floats("gradients")
    let norms = try fixture.doubles("norms")
    let count = gradients.count / norms.count
    for (step, expected) in norms.enumerated() {
      let sums = Array(gradients[step * count..<(step + 1) * count])
      let mean =
        norm(of: sums, [GradientRegion(0..<count)], pool: WorkerPool(workers: 1)) / Self.divisor
      // Squares are summed in single precision over short runs.
      #expect(abs(mean - expected) <= 2e-6 * expected)
    }
  }

  /// Ten updates of numbers near 1 in single precision, each of which rounds a few times: 1e-5.
  private func expectClose(_ values: [Float], _ expected: ArraySlice<Double>, _ what: String) {
    #expect(values.count == expected.count)
    let worst = zip(values, expected).map { abs(Double($0) - $1) / max(0.1, abs($1)) }.max() ?? 0
    #expect(worst <= 1e-5, "\(what) differ by \(worst)")
  }
}
