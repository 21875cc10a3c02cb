import Foundation
import Testing

extension CommandLineTests {
  /// The signals of schedulers and people: the run ends whole, asks for requeue, and goes on as if it
  /// had never stopped.
  @Suite struct StopSignalTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private static let settings = [
      "checkpoint.every=1000000", "checkpoint.best=false", "training.validate_every=50",
    ]

    /// Starts a long run into the folder `parts`, and waits until it has made steps.
    private func start(
      _ configuration: String, ranks: Int?, _ settings: [String]
    ) throws -> CommandLineProcess {
      let job = try Unfold.start(
        workspace.arguments(configuration, "parts", settings + ["training.steps=100000"]),
        ranks: ranks, in: workspace)
      while job.isRunning, !workspace.hasMetrics("parts") { usleep(10_000) }
      return job
    }

    @Test(arguments: [
      (SIGTERM, "SIGTERM", 0), (SIGINT, "SIGINT", 1), (SIGUSR1, "SIGUSR1", 1),
    ])
    func theRunEndsWholeAndGoesOn(signal: Int32, name: String, rank: Int) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let job = try start(configuration, ranks: 2, Self.settings)
      kill(try #require(job.processIdentifier(ofRank: rank)), signal)
      let result = try job.wait()
      try #require(result.status == 75, "\(result.status): \(result.error)")

      let step = try workspace.metrics("parts").count
      #expect(
        result.messages.filter { $0.contains("interrupted") } == [
          "unfold: interrupted by \(name) at step \(step); the checkpoint is complete; go on with "
            + "--resume"
        ], "\(result.error)")
      #expect(try workspace.json("parts/summary.json")["interrupted"] as? Bool == true)
      #expect(try workspace.entries("parts/checkpoints") == ["step-\(step)"])

      let end = step + 5
      for (run, resume) in [("whole", false), ("parts", true)] {
        _ = try Unfold.succeed(
          workspace.arguments(
            configuration, run, resume: resume, Self.settings + ["training.steps=\(end)"]),
          ranks: 2, in: workspace)
      }
      for file in ["model", "optimizer", "streams"] {
        let contents = try ["whole", "parts"].map { run in
          try Data(
            contentsOf: URL(
              fileURLWithPath: workspace("\(run)/checkpoints/step-\(end)/\(file).safetensors")))
        }
        #expect(contents[0] == contents[1], "\(file)")
      }
      #expect(try workspace.lossesAndNorms("whole") == workspace.lossesAndNorms("parts"))
    }

    /// The signal comes while the held-out text, 600 times as long as the other, is measured.
    @Test func aValidationIsGivenUpAndMadeLater() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let text = try workspace.text("text.txt")
      let long = try workspace.write(String(repeating: text, count: 600), to: "long.txt")
      let settings = [
        "data.validation=\(long)", "training.validate_every=3", "training.steps=4",
        "checkpoint.every=1000000",
      ]
      let job = try Unfold.start(
        workspace.arguments(configuration, "parts", settings), ranks: 2, in: workspace)
      while job.isRunning, workspace.lineCount("parts") < 2 { usleep(1000) }
      kill(try #require(job.processIdentifier(ofRank: 1)), SIGTERM)
      let result = try job.wait()
      try #require(result.status == 75, "\(result.status): \(result.error)")
      #expect(try workspace.entries("parts/checkpoints") == ["step-3"])
      #expect(try workspace.metrics("parts").last?["validation_loss"] == nil)

      for (run, resume) in [("whole", false), ("parts", true)] {
        _ = try Unfold.succeed(
          workspace.arguments(configuration, run, resume: resume, settings), ranks: 2,
          in: workspace)
      }
      #expect(try workspace.lossesAndNorms("whole") == workspace.lossesAndNorms("parts"))
      #expect(
        try Unfold.parameterHash("whole", in: workspace)
          == Unfold.parameterHash("parts", in: workspace))
      let best = try ["whole", "parts"].map {
        try Unfold.parameterHash("\($0)/checkpoints/best", in: workspace)
      }
      #expect(best[0] == best[1])
    }

    /// As `timeout` sends it: to the process, and to its group.
    @Test func twiceAtOnceIsOnce() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let job = try start(configuration, ranks: nil, Self.settings)
      let identifier = try #require(job.processIdentifierAlone())
      for _ in 0..<3 {
        kill(identifier, SIGTERM)
        usleep(1000)
      }
      let result = try job.wait()
      #expect(result.status == 75, "\(result.error)")
    }

    /// Rank 0 is making a sample that takes minutes, and the others wait for it.
    @Test(arguments: [nil, 2])
    func aSecondSignalEndsAtOnce(ranks: Int?) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let job = try start(
        configuration, ranks: ranks,
        [
          "training.validate_every=1", "training.sample.length=100000000",
          "checkpoint.every=1000000", "checkpoint.best=false",
        ])
      let identifier = try #require(
        ranks == nil ? job.processIdentifierAlone() : job.processIdentifier(ofRank: 1))
      kill(identifier, SIGTERM)
      usleep(1_000_000)
      #expect(job.isRunning)
      let sent = Date()
      kill(identifier, SIGTERM)
      let result = try job.wait()
      #expect(result.status != 0 && result.status != 75 && !result.isTimedOut)
      #expect(Date().timeIntervalSince(sent) < 10)
      #expect(try workspace.entries("parts/checkpoints").isEmpty)
    }
  }
}
