import Foundation
import Optimization
import Testing

/// The schedules against torch.optim.lr_scheduler, with the settings of `optimizer_fixtures.py`.
struct LearningRateScheduleTests {
  @Test func constantStaysAtTheBase() throws {
    let schedule = try LearningRateSchedule(base: 0.3)
    #expect(schedule.rate(step: 1, epoch: 1) == 0.3)
    #expect(schedule.rate(step: 1_000_000, epoch: 99) == 0.3)
  }

  @Test func stepDecayIsPyTorchsWithMilestones() throws {
    let schedule = try LearningRateSchedule(
      base: 0.05, kind: .stepDecay(factor: 0.5, after: 4, every: 2))
    let expected = try Fixture().doubles("schedule.step/rates")
    expectClose(expected.indices.map { schedule.rate(step: 1, epoch: $0 + 1) }, expected)
  }

  /// The small model: rate 1 for 4 epochs, then half of the last epoch's rate at each.
  @Test func stepDecayIsZarembas() throws {
    let schedule = try LearningRateSchedule(
      base: 1, kind: .stepDecay(factor: 0.5, after: 4, every: 1))
    let rates = (1...7).map { schedule.rate(step: 1, epoch: $0) }
    #expect(rates == [1, 1, 1, 1, 0.5, 0.25, 0.125])
  }

  @Test func cosineWithWarmUpIsPyTorchs() throws {
    let schedule = try LearningRateSchedule(
      base: 0.05, kind: .cosine(warmUp: 5, steps: 25, minimum: 0.002))
    let expected = try Fixture().doubles("schedule.cosine/rates")
    expectClose(expected.indices.map { schedule.rate(step: $0 + 1, epoch: 1) }, expected)
    #expect(schedule.rate(step: 25, epoch: 1) == 0.002)
    #expect(schedule.rate(step: 1000, epoch: 1) == 0.002)
  }

  @Test(arguments: [0, 1]) func cosineWithoutWarmUpStartsAtTheBase(warmUp: Int) throws {
    let schedule = try LearningRateSchedule(
      base: 0.05, kind: .cosine(warmUp: warmUp, steps: 9, minimum: 0.01))
    #expect(schedule.rate(step: 1, epoch: 1) == 0.05)
    #expect(abs(schedule.rate(step: 5, epoch: 1) - 0.03) < 1e-12)
    #expect(schedule.rate(step: 9, epoch: 1) == 0.01)
  }

  @Test func cosineEndsEvenWithinTheWarmUp() throws {
    let schedule = try LearningRateSchedule(
      base: 0.05, kind: .cosine(warmUp: 10, steps: 4, minimum: 0.01))
    #expect(schedule.rate(step: 4, epoch: 1) == 0.02)
    #expect(schedule.rate(step: 11, epoch: 1) == 0.01)
  }

  @Test func plateauIsPyTorchs() throws {
    let fixture = try Fixture()
    var schedule = try plateauSchedule()
    let rates = try fixture.doubles("schedule.plateau/losses").map { loss in
      schedule.observe(validationLoss: loss)
      return schedule.rate(step: 1, epoch: 1)
    }
    expectClose(rates, try fixture.doubles("schedule.plateau/rates"))
  }

  @Test func plateauGoesOnFromItsStoredState() throws {
    let losses = try Fixture().doubles("schedule.plateau/losses")
    for cut in 0..<losses.count {
      var whole = try plateauSchedule()
      for loss in losses { whole.observe(validationLoss: loss) }

      var before = try plateauSchedule()
      for loss in losses[..<cut] { before.observe(validationLoss: loss) }
      let stored = try JSONEncoder().encode(before.plateau)
      var after = try plateauSchedule()
      after.plateau = try JSONDecoder().decode(ReduceOnPlateau.State.self, from: stored)
      for loss in losses[cut...] { after.observe(validationLoss: loss) }
      #expect(after == whole)
    }
  }

  @Test func lossesThatAreNotNumbersAreNotBetter() throws {
    var schedule = try plateauSchedule()
    for _ in 0..<3 { schedule.observe(validationLoss: .nan) }
    #expect(schedule.plateau?.best == nil)
    #expect(schedule.rate(step: 1, epoch: 1) == 0.05 * 0.3)
  }

  /// Likelihoods and negated measures are below zero: there, too, lower is better, by a part of what it is.
  @Test func costsBelowZeroAreBetterWhereTheyAreLower() throws {
    var schedule = try plateauSchedule()
    let bests = [-1.0, -0.995, -1.005, -1.02, -1.02].map { cost in
      schedule.observe(validationLoss: cost)
      return schedule.plateau?.best
    }
    #expect(bests == [-1, -1, -1, -1.02, -1.02])
  }

  @Test func onlyPlateauHeedsValidations() throws {
    var schedule = try LearningRateSchedule(base: 0.1)
    for _ in 0..<50 { schedule.observe(validationLoss: 1) }
    #expect(schedule.plateau == nil)
    #expect(schedule.rate(step: 60, epoch: 2) == 0.1)
  }

  private func plateauSchedule() throws -> LearningRateSchedule {
    let reduction = try ReduceOnPlateau(
      factor: 0.3, patience: 2, threshold: 0.01, cooldown: 2, minimum: 0.001)
    return try LearningRateSchedule(base: 0.05, kind: .plateau(reduction))
  }

  /// PyTorch computes the cosine step from step, which adds up some roundings.
  private func expectClose(_ rates: [Double], _ expected: [Double]) {
    #expect(rates.count == expected.count)
    for (index, (rate, value)) in zip(rates, expected).enumerated() {
      #expect(abs(rate - value) <= 1e-12, "at \(index)")
    }
  }
}
