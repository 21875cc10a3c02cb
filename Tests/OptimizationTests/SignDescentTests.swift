import Optimization
import Storage
import Testing
import Workers

/// A new update rule needs one file, and works in a chain with every clip.
struct SignDescentTests {
  @Test func movesEachWeightByTheRate() throws {
    let chain = OptimizerChain(
      [try ClipByValue(limit: 0.5), SignDescent()], parameterCount: 3)
    var weights: [Float] = [1, 2, 3]
    var gradients: [Float] = [-7, 0, 0.01]
    chain.apply(
      Update(step: 1, learningRate: 0.25, divisor: 4, norm: 7), to: &weights,
      gradients: &gradients, moments: nil, in: GradientRegion(0..<3),
      pool: WorkerPool(workers: 2))
    #expect(weights == [1.25, 2, 2.75])
    #expect(chain.sparesUntouchedRows)
  }
}
