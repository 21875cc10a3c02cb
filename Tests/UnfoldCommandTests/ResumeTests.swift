import Foundation
import Testing

extension CommandLineTests {
  /// To stop and to go on must be as never to have stopped.
  @Suite struct ResumeTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func metricsWithoutTimes(_ run: String) throws -> [NSDictionary] {
      try workspace.metrics(run).map { line in
        line.filter { !["milliseconds", "tokens_per_second"].contains($0.key) } as NSDictionary
      }
    }

    /// Trains in one go and in two, and compares everything but times.
    private func compare(
      _ experiment: Experiment, stopAt stop: Int, end: Int, ranks: (Int?, Int?) = (nil, nil),
      _ settings: String...
    ) throws {
      let configuration = try experiment.write(to: workspace)
      func train(_ run: String, steps: Int, ranks: Int?, resume: Bool = false) throws {
        _ = try Unfold.succeed(
          workspace.arguments(
            configuration, run, resume: resume, settings + ["training.steps=\(steps)"]),
          ranks: ranks, in: workspace)
      }
      try train("whole", steps: end, ranks: ranks.0)
      try train("parts", steps: stop, ranks: ranks.0)
      try train("parts", steps: end, ranks: ranks.1, resume: true)
      #expect(
        try Unfold.parameterHash("whole", in: workspace)
          == Unfold.parameterHash("parts", in: workspace))
      for file in ["model", "optimizer", "streams"] {
        let paths = ["whole", "parts"].map { "\($0)/checkpoints/step-\(end)/\(file).safetensors" }
        #expect(try weights(workspace(paths[0])) == weights(workspace(paths[1])), "\(file)")
      }
      let lines = try metricsWithoutTimes("parts")
      #expect(lines.map { $0["step"] as? Int } == Array(1...end))
      #expect(try metricsWithoutTimes("whole") == lines)
    }

    /// Epochs of the text are some 40 windows long, so that 5 is in the middle of one.
    @Test(arguments: Experiment.allCases)
    func inTheMiddleOfAnEpoch(experiment: Experiment) throws {
      try compare(experiment, stopAt: 5, end: 9, "training.validate_every=3")
    }

    @Test func overTheEndOfAnEpoch() throws {
      try compare(.reber, stopAt: 14, end: 40)
    }

    /// The longest window of a later epoch is longer than those of the first, and the stop lies between.
    @Test(arguments: [8, 14])
    func fullPastTheFirstEpoch(stop: Int) throws {
      try compare(.full, stopAt: stop, end: 30, "training.validate_every=5")
    }

    @Test func withAPlateauAndPatience() throws {
      try compare(
        .text, stopAt: 7, end: 16, "schedule.kind=plateau", "schedule.patience=1",
        "schedule.threshold=0.5", "training.validate_every=2", "training.patience=50")
    }

    @Test func underMomentum() throws {
      try compare(
        .series, stopAt: 3, end: 8, "optimizer.kind=sgd", "optimizer.momentum=0.9",
        "optimizer.nesterov=true")
    }

    @Test(arguments: [(2, 2), (1, 3), (3, 2)])
    func atThisOrAnotherLayout(ranks: (Int, Int)) throws {
      try compare(
        .text, stopAt: 5, end: 8, ranks: ranks,
        "training.validate_every=3")
    }

    @Test func aDamagedNewestCheckpointIsPassedOver() throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "run", "checkpoint.every=2")
      let hash = try Unfold.parameterHash("run", in: workspace)
      try workspace.write("{}", to: "run/checkpoints/step-6/model.safetensors")
      let result = try workspace.train(configuration, "run", resume: true, "checkpoint.every=2")
      #expect(result.error.contains("step-4"), "it must say where it goes on from")
      #expect(try Unfold.parameterHash("run", in: workspace) == hash)
    }

    @Test(arguments: [nil, 3])
    func changesThatShapeTheNumbersAreRefused(ranks: Int?) throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "run")
      let before = try workspace.contents("run")
      let result = try Unfold.run(
        workspace.arguments(
          configuration, "run", resume: true, ["seed=4", "model.hidden=9", "training.steps=8"]),
        ranks: ranks, in: workspace)
      #expect(result.status != 0)
      #expect(result.messages.count == 1, "\(result.error)")
      let message = result.messages.first ?? ""
      #expect(message.contains("seed") && message.contains("model.hidden"), "\(message)")
      #expect(!message.contains("training.steps"), "\(message)")
      #expect(try workspace.contents("run") == before)
    }
  }
}
