import Optimization
import Testing

struct OptimizationErrorTests {
  @Test func settingsOutOfRangeAreRefusedByName() {
    expect("optimizer.beta1 must be at least 0 and less than 1, got 1.0") { try Adam(beta1: 1) }
    expect("optimizer.beta2 must be at least 0 and less than 1, got nan") { try Adam(beta2: .nan) }
    expect("optimizer.alpha must be at least 0 and less than 1, got -0.5") {
      try RMSprop(alpha: -0.5)
    }
    expect("optimizer.momentum must be finite and at least 0, got -1.0") {
      try StochasticGradientDescent(momentum: -1)
    }
    expect("clip.norm must be finite and more than 0, got 0.0") { try ClipByGlobalNorm(limit: 0) }
    expect("clip.value must be finite and more than 0, got inf") {
      try ClipByValue(limit: .infinity)
    }
    expect("optimizer.learning_rate must be finite and at least 0, got -0.1") {
      try LearningRateSchedule(base: -0.1)
    }
    expect("schedule.factor must be at least 0 and less than 1, got 1.0") {
      try ReduceOnPlateau(factor: 1)
    }
    expect("schedule.minimum must be between 0 and the learning rate 0.1, got 0.2") {
      try LearningRateSchedule(base: 0.1, kind: .cosine(warmUp: 0, steps: 9, minimum: 0.2))
    }
  }

  @Test func nesterovNeedsMomentumAndNoDampening() throws {
    expect(
      "optimizer.nesterov must be false unless momentum is more than 0 and dampening is 0 "
        + "(momentum is 0.0, dampening is 0.0), got true"
    ) { try StochasticGradientDescent(nesterov: true) }
    #expect(throws: OptimizationError.self) {
      try StochasticGradientDescent(momentum: 0.9, dampening: 0.1, nesterov: true)
    }
    #expect(try StochasticGradientDescent(momentum: 0.9, nesterov: true).nesterov)
  }

  private func expect<Setting>(_ message: String, _ make: () throws -> Setting) {
    let error = #expect(throws: OptimizationError.self) { try make() }
    #expect(error?.description == message)
  }
}
