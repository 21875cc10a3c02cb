import Foundation
import Testing

extension CommandLineTests {
  /// `unfold train`: the files of a run and what is in them.
  @Suite struct TrainTests {
    private let workspace: Workspace
    private let configuration: String

    init() throws {
      workspace = try Workspace()
      configuration = try Experiment.text.write(to: workspace)
    }

    @Test func aRunLeavesItsFiles() throws {
      let result = try workspace.train(
        configuration, "run", "checkpoint.every=2", "checkpoint.keep=2",
        "training.validate_every=3")
      #expect(result.output.contains("text: 6 steps"))
      #expect(
        try workspace.entries("run")
          == ["config.yaml", "metrics.jsonl", "checkpoints", "summary.json"])
      #expect(try workspace.entries("run/checkpoints") == ["step-4", "step-6", "best"])
      let summary = try workspace.json("run/summary.json")
      for key in [
        "steps", "epochs", "tokens", "train_loss", "validation_loss", "seconds",
        "tokens_per_second", "ranks", "workers",
      ] {
        #expect(summary[key] is NSNumber, "\(key) is missing")
      }
      #expect(summary["steps"] as? Int == 6)
      #expect(summary["tokens"] as? Int == 6 * 4 * 4, "steps × k1 × streams")
      #expect(summary["ranks"] as? Int == 1)
    }

    /// Rank 0's clock decides for all. The time of a step is longer than a billionth of a minute.
    @Test(arguments: [nil, 2])
    func checkpointsGoByTheClock(ranks: Int?) throws {
      _ = try Unfold.succeed(
        workspace.arguments(
          configuration, "run",
          [
            "checkpoint.every=1000", "checkpoint.every_minutes=1e-9", "checkpoint.keep=10",
            "checkpoint.best=false",
          ]), ranks: ranks, in: workspace)
      #expect(try workspace.entries("run/checkpoints") == Set((1...6).map { "step-\($0)" }))
    }

    @Test func metricsHaveALineForEachStep() throws {
      try workspace.train(configuration, "run", "training.validate_every=3")
      let lines = try workspace.metrics("run")
      #expect(lines.map { $0["step"] as? Int } == Array(1...6))
      for line in lines {
        for key in ["epoch", "loss", "gradient_norm", "learning_rate", "tokens_per_second"] {
          #expect(line[key] is NSNumber, "\(key) is missing")
        }
        let times = line["milliseconds"] as? [String: Double] ?? [:]
        #expect(Set(times.keys) == ["forward", "backward", "exchange", "hidden", "update", "wait"])
      }
      let validated = lines.filter { $0["validation_loss"] != nil }.map { $0["step"] as? Int }
      #expect(validated == [3, 6])
    }

    @Test func theConfigurationOfARunTrainsTheSameAgain() throws {
      try workspace.train(configuration, "run", "optimizer.learning_rate=0.02")
      try workspace.train(workspace("run/config.yaml"), "again")
      let hashes = try ["run", "again"].map { try Unfold.parameterHash($0, in: workspace) }
      #expect(hashes[0] == hashes[1])
      try workspace.train(configuration, "other")
      #expect(try Unfold.parameterHash("other", in: workspace) != hashes[0])
    }

    @Test func aFolderInUseIsRefused() throws {
      try FileManager.default.createDirectory(
        atPath: workspace("run"), withIntermediateDirectories: true)
      try workspace.write("mine", to: "run/notes.txt")
      let result = try Unfold.run(workspace.arguments(configuration, "run"), in: workspace)
      #expect(result.status != 0)
      #expect(result.messages.count == 1)
      #expect(result.messages.first?.contains("not empty") == true)
      #expect(try workspace.entries("run") == ["notes.txt"])
    }

    @Test func trainingStopsWhenPatienceIsUsedUp() throws {
      // A rate this small improves nothing that a Float of the loss could show for long, and the
      // validations in which it does come before the patience is used up.
      try workspace.train(
        configuration, "run", "optimizer.kind=sgd", "optimizer.learning_rate=1e-30",
        "training.steps=40", "training.validate_every=2", "training.patience=3",
        "model.dropout=0")
      let summary = try workspace.json("run/summary.json")
      #expect(summary["stopped_early"] as? Bool == true)
      #expect(summary["steps"] as? Int == 8, "validations at 2 (best), 4, 6 and 8")
      #expect(summary["best_step"] as? Int == 2)
    }

    @Test func theBestCheckpointIsKeptBesideTheNewest() throws {
      // The rate explodes after the warm-up, so that an early validation is the best.
      try workspace.train(
        configuration, "run", "optimizer.kind=sgd", "optimizer.learning_rate=20000",
        "schedule.kind=cosine", "schedule.warmup_steps=1000", "training.steps=24",
        "training.validate_every=2", "checkpoint.keep=1")
      let losses = try workspace.metrics("run").compactMap { line in
        (line["validation_loss"] as? Double).map { (step: line["step"] as? Int ?? 0, loss: $0) }
      }
      let best = losses.min { $0.loss < $1.loss }
      #expect(try workspace.json("run/summary.json")["best_step"] as? Int == best?.step)
      #expect(best?.step != 24, "the test needs a run that gets worse")
      let shown = try Unfold.succeed(
        ["inspect", workspace("run/checkpoints/best"), "--json"], in: workspace)
      #expect(try Unfold.json(shown.output)["steps"] as? Int == best?.step)
      #expect(try workspace.entries("run/checkpoints") == ["best", "step-24"])
    }

    @Test func weightsOfACheckpointOrFileAreStartedFrom() throws {
      try workspace.train(configuration, "first")
      let start = ["optimizer.kind=sgd", "optimizer.learning_rate=1e-30", "training.steps=1"]
      for source in [
        "first", "first/checkpoints/step-6", "first/checkpoints/step-6/model.safetensors",
      ] {
        let run = "from-\(source.split(separator: "/").last ?? "")"
        _ = try Unfold.succeed(
          workspace.arguments(configuration, run, start) + [
            "--initialize-from", workspace(source),
          ],
          in: workspace)
        #expect(
          try Unfold.parameterHash(run, in: workspace)
            == Unfold.parameterHash("first", in: workspace),
          "an update of 1e-30 must leave the weights of \(source) as they are")
      }
    }

    @Test func aSampleIsPrintedAtEachValidation() throws {
      let result = try workspace.train(
        configuration, "run", "training.validate_every=3", "training.sample.prompt=the",
        "training.sample.length=5")
      let samples = result.error.components(separatedBy: "unfold: sample:\nthe").dropFirst()
      #expect(samples.count == 2)
    }
  }
}
