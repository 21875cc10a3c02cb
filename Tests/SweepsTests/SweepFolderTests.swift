import Foundation
import Sweeps
import Testing

/// What a sweep keeps, and what it does with it when it goes on.
struct SweepFolderTests {
  private let path = FileManager.default.temporaryDirectory
    .appendingPathComponent("sweep-\(UUID().uuidString)").path

  private func plan(_ values: String, overrides: [String] = []) throws -> SweepPlan {
    let configuration = path + ".yaml"
    defer { try? FileManager.default.removeItem(atPath: configuration) }
    try Data("training: {steps: 1}".utf8).write(to: URL(fileURLWithPath: configuration))
    return try SweepPlan(
      configuration: configuration, overrides: overrides,
      list: TrialList([try Variation("seed=\(values)")]))
  }

  @Test(
    arguments: [
      (nil, false, TrialDecision.train), (nil, true, .train), (.interrupted, false, .train),
      (.done, true, .keep), (.stopped, true, .keep), (.failed, false, .keep),
      (.failed, true, .redo),
    ] as [(TrialOutcome.State?, Bool, TrialDecision)])
  func decisions(state: TrialOutcome.State?, retry: Bool, expected: TrialDecision) {
    let outcome = state.map { TrialOutcome(number: 1, state: $0) }
    #expect(TrialDecision(outcome, retryFailed: retry) == expected)
  }

  @Test func anotherSweepIsRefused() throws {
    let earlier = try plan("1..3")
    try plan("1..5").requireSuccessor(of: earlier, in: path)
    for other in [try plan("1..2"), try plan("2..5"), try plan("1..3", overrides: ["a=1"])] {
      #expect(throws: SweepError.self) { try other.requireSuccessor(of: earlier, in: path) }
    }
  }

  @Test func aTurnIsTakenOnce() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = SweepFolder(path: path)
    let lock = try folder.begin(try plan("1..3"), resume: false)
    #expect(try folder.take(1))
    #expect(try !folder.take(1))
    #expect(try folder.take(2))
    // A folder in use, and one that is not empty.
    #expect(throws: SweepError.self) { try folder.begin(try plan("1..3"), resume: true) }
    #expect(throws: SweepError.notEmpty(path: path)) {
      try folder.begin(try plan("1..3"), resume: false)
    }
    withExtendedLifetime(lock) {}
  }

  @Test func outcomesAreReadBack() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = SweepFolder(path: path)
    let lock = try folder.begin(try plan("1..3"), resume: false)
    for (number, cost) in [(1, 0.5), (2, 0.25), (3, 0.25)] {
      var outcome = TrialOutcome(number: number, state: .done)
      outcome.bestCost = cost
      outcome.bestValidation = -cost
      try folder.write(outcome)
      #expect(folder.outcome(of: number) == outcome)
    }
    #expect(folder.endedNumbers == [1, 2, 3])
    #expect(
      try folder.bestCheckpoints(2)
        == ["\(path)/trial-002-seed=2", "\(path)/trial-003-seed=3"])
    #expect(throws: SweepError.fewMembers(path: path, wanted: 4, found: 3)) {
      try folder.bestCheckpoints(4)
    }
    let trial = Trial(number: 2, keys: ["seed"], values: ["2"])
    try folder.reopen([(trial, .redo)])
    #expect(folder.endedNumbers == [1, 3])
    withExtendedLifetime(lock) {}
  }

  @Test(arguments: [
    (2.0, [1.0, 3.0], false), (2, [1, 1.5, 3], true), (1.5, [1, 1.5, 3], false),
    (2.1, [1, 1, 3, 3], true), (2, [1, 1, 3, 3], false),
  ])
  func behindTheMedian(cost: Double, others: [Double], expected: Bool) {
    #expect(MedianRule.isBehind(cost, others: others) == expected)
  }
}
