import Foundation
import Testing

extension CommandLineTests {
  /// What users do that is no mistake of theirs alone: streams that are gone, folders shared, files
  /// that changed, checkpoints that broke.
  @Suite struct MisuseTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    /// Runs a shell line in the workspace, `$U` being the executable.
    private func shell(_ line: String) throws -> CommandLineProcess.Result {
      try CommandLineProcess(
        ["bash", "-c", line], environment: ["U": Unfold.executable], folder: workspace.path,
        timeout: 60
      ).wait()
    }

    // MARK: Standard streams

    @Test(arguments: [">/dev/full", ">&-"])
    func aResultThatCannotBeWrittenIsAnError(redirection: String) throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      for command in [
        "evaluate run", "inspect run", "generate run --length 20", "predict run --data text.txt",
        "keys", "--version", "--help",
      ] {
        let result = try shell("$U \(command) \(redirection)")
        #expect(result.status == 1, "\(command): \(result.error)")
        #expect(
          result.error.contains("standard output: cannot write"), "\(command): \(result.error)")
      }
    }

    @Test(arguments: ["2>/dev/full", "2>&-"])
    func trainingGoesOnWithoutStandardError(redirection: String) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let result = try shell("$U train \(configuration) --output run \(redirection)")
      #expect(result.status == 0)
      #expect(try workspace.metrics("run").count == 6)
      #expect(try workspace.json("run/summary.json")["steps"] as? Int == 6)
    }

    /// Who read the messages has gone.
    @Test func trainingGoesOnWhenAPipeBreaks() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let result = try shell(
        "$U train \(configuration) --output run --set training.log_every=1 --set training.steps=40 "
          + "2>&1 >/dev/null | head -n 1; echo ${PIPESTATUS[0]}")
      #expect(result.output.hasSuffix("\n0\n"), "\(result.output)")
      #expect(try workspace.json("run/summary.json")["steps"] as? Int == 40)
    }

    @Test func theVersionIsTold() throws {
      let version = try Unfold.succeed(["--version"], in: workspace).output
      #expect(version.wholeMatch(of: #/unfold \d+\.\d+\.\d+\n/#) != nil, "\(version)")
    }

    /// Without descriptors for it a file is there all the same.
    @Test func aLimitOnDescriptorsIsTold() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let result = try shell("ulimit -n 4; $U train \(configuration) --output run")
      #expect(result.status == 1)
      #expect(result.error.lowercased().contains("too many open files"), "\(result.error)")
      #expect(!result.error.contains("disk"), "\(result.error)")
    }

    // MARK: The launcher

    /// What is asked of the launcher reaches the command, or is refused.
    @Test func theLauncherHandsWorkersOn() throws {
      func dryRun(_ command: String) throws -> CommandLineProcess.Result {
        try CommandLineProcess(
          ["bash", Unfold.launcher, "--ranks", "8", "--workers", "64", "--dry-run", "--"]
            + command.split(separator: " ").map(String.init),
          environment: ["UNFOLD_EXECUTABLE": Unfold.executable], folder: workspace.path, timeout: 20
        ).wait()
      }
      let train = try dryRun("train a.yaml")
      #expect(train.error.contains("--set parallel.workers=64"), "\(train.error)")
      // More threads than the cores there are anywhere near here.
      #expect(train.error.contains("--mca mpi_yield_when_idle 1"), "\(train.error)")
      for command in [
        "bench step a.yaml", "bench exchange", "evaluate run", "predict run", "generate run",
        "inspect run", "doctor",
      ] {
        let result = try dryRun(command)
        #expect(
          result.status == 0 && result.error.contains("\(command) --workers 64"), "\(command)")
      }
      for command in ["keys", "bench kernels", "prepare a.yaml", "diff a b"] {
        let result = try dryRun(command)
        #expect(result.status == 2 && result.error.contains("has no workers"), "\(command)")
      }
    }

    // MARK: The output folder

    @Test func oneFolderHasOneRun() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let first = try Unfold.start(
        workspace.arguments(configuration, "run", ["training.steps=100000"]), in: workspace)
      while first.isRunning, !workspace.exists("run/metrics.jsonl") { usleep(10_000) }
      let second = try Unfold.run(
        workspace.arguments(configuration, "run", resume: true), in: workspace)
      #expect(second.status != 0)
      #expect(second.messages.count == 1 && second.error.contains("another run"), "\(second.error)")
      // A process that was killed holds no lock.
      let identifier = try #require(first.processIdentifierAlone())
      kill(identifier, SIGKILL)
      _ = try first.wait()
      let third = try Unfold.run(
        workspace.arguments(configuration, "run", resume: true, ["training.steps=1"]),
        in: workspace)
      #expect(third.status == 0, "\(third.error)")
    }

    @Test(arguments: ["", "../esc", "a/b", ".."])
    func aNameStaysInItsFolder(name: String) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let result = try Unfold.run(
        ["train", configuration, "--set", "name=\"\(name)\""], in: workspace)
      #expect(result.status != 0)
      #expect(result.messages.count == 1 && result.error.contains("name"), "\(result.error)")
      #expect(!workspace.exists("runs") && !workspace.exists("esc"))
    }

    // MARK: Signals

    @Test(arguments: [SIGQUIT, SIGABRT, SIGSEGV, SIGILL, SIGTERM], [nil, 2])
    func aSignalFromOutsideEndsTheJob(signal: Int32, ranks: Int?) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let job = try Unfold.start(
        workspace.arguments(configuration, "run", ["training.steps=100000"]), ranks: ranks,
        in: workspace)
      while job.isRunning, !workspace.exists("run/metrics.jsonl") { usleep(10_000) }
      let identifier = try #require(
        ranks == nil ? job.processIdentifierAlone() : job.processIdentifier(ofRank: 1))
      let sent = Date()
      kill(identifier, signal)
      let result = try job.wait()
      #expect(result.status != 0 && !result.isTimedOut)
      #expect(Date().timeIntervalSince(sent) < 10)
      #expect(!result.error.contains("crashed"), "\(result.error)")
      if signal != SIGTERM {
        #expect(result.error.contains("unfold: rank \(ranks == nil ? 0 : 1): ended by SIG"))
      }
    }

    // MARK: Data that changed

    @Test(arguments: [nil, 3])
    func changedDataAreNotResumed(ranks: Int?) throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "run")
      let metrics = try workspace.text("run/metrics.jsonl")
      let text = try workspace.text("text.txt")
      for changed in [String(text.prefix(400)), "0" + text] {
        try workspace.write(changed, to: "text.txt")
        let result = try Unfold.run(
          workspace.arguments(configuration, "run", resume: true, ["training.steps=9"]),
          ranks: ranks, in: workspace)
        #expect(result.status != 0 && !result.isTimedOut)
        let last = try #require(result.messages.last)
        #expect(last.contains("text.txt") && last.contains("content"), "\(result.error)")
        #expect(try workspace.text("run/metrics.jsonl") == metrics)
      }
    }

    /// Another path, another name, another rate: the same run goes on.
    @Test func theSameContentElsewhereIsResumed() throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "whole", "training.steps=9")
      try workspace.train(configuration, "run")
      try workspace.write(try workspace.text("text.txt"), to: "moved.txt")
      let result = try workspace.train(
        configuration, "run", resume: true, "training.steps=9",
        "data.train=\(workspace("moved.txt"))", "name=renamed", "data.cache=\(workspace("new"))")
      #expect(result.error.contains("resuming with data.train \(workspace("moved.txt"))"))
      #expect(result.error.contains("resuming with name renamed (was text)"))
      #expect(
        try Unfold.parameterHash("run", in: workspace)
          == Unfold.parameterHash("whole", in: workspace))
      #expect(try workspace.text("run/config.yaml").contains("name: renamed"))
      let faster = try workspace.train(
        configuration, "run", resume: true, "training.steps=12", "optimizer.learning_rate=0.5",
        "data.train=\(workspace("moved.txt"))", "name=renamed", "data.cache=\(workspace("new"))")
      #expect(faster.error.contains("resuming with optimizer.learning_rate 0.5 (was 0.01)"))
      #expect(try workspace.metrics("run").last?["learning_rate"] as? Double == 0.5)
    }

    @Test func aCosineWhoseEndMovedIsTold() throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "run", "schedule.kind=cosine")
      let result = try workspace.train(
        configuration, "run", resume: true, "schedule.kind=cosine", "training.steps=12")
      #expect(result.error.contains("warning: the cosine schedule has another end"))
      let fixed = ["schedule.kind=cosine", "schedule.total_steps=20"]
      try workspace.train(configuration, "fixed", fixed[0], fixed[1])
      let same = try workspace.train(
        configuration, "fixed", resume: true, fixed[0], fixed[1], "training.steps=12")
      #expect(!same.error.contains("cosine"), "\(same.error)")
    }

    // MARK: Damaged checkpoints

    @Test func whatStandsInForADamagedCheckpointIsNamed() throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "run", "checkpoint.every=2", "checkpoint.best=false")
      for command in [
        ["evaluate"], ["inspect"], ["generate", "--length", "5"],
        ["predict", "--data", workspace("text.txt")],
      ] {
        func told() throws -> [Substring] {
          try Unfold.succeed(
            [command[0], workspace("run")] + command.dropFirst(), in: workspace
          ).error.split(separator: "\n")
        }
        try workspace.write("{}", to: "run/checkpoints/step-6/training.json")
        let passedOver = try told()
        #expect(passedOver.count == 1 && passedOver[0].hasPrefix("unfold: warning: using "))
        #expect(passedOver[0].contains("step-4; ") && passedOver[0].contains("step-6"))
        let named = try Unfold.succeed(
          [command[0], workspace("run/checkpoints/step-4")] + command.dropFirst(), in: workspace)
        #expect(named.error == "unfold: using \(workspace("run/checkpoints/step-4"))\n")
      }
    }

    @Test(arguments: [nil, 3])
    func aRunWhoseCheckpointsAllBrokeIsNotBegunAnew(ranks: Int?) throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "run", "checkpoint.every=3", "checkpoint.best=false")
      for step in [3, 6] {
        try workspace.write("{}", to: "run/checkpoints/step-\(step)/training.json")
      }
      let before = try workspace.contents("run")
      let result = try Unfold.run(
        workspace.arguments(configuration, "run", resume: true, ["checkpoint.best=false"]),
        ranks: ranks, in: workspace)
      #expect(result.status != 0)
      #expect(result.messages.last?.contains("none of its checkpoints is whole") == true)
      var after = try workspace.contents("run")
      after[".lock"] = before[".lock"]
      #expect(after == before)
    }

    /// Neither metrics nor checkpoints are overwritten by a run that knows nothing of them.
    @Test func aRunWithoutItsConfigurationIsNotBegunAnew() throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "run")
      try FileManager.default.removeItem(atPath: workspace("run/config.yaml"))
      let before = try workspace.text("run/metrics.jsonl")
      let result = try Unfold.run(
        workspace.arguments(configuration, "run", resume: true), in: workspace)
      #expect(result.status == 1 && result.messages.count == 1)
      #expect(result.error.contains("config.yaml is missing"), "\(result.error)")
      #expect(try workspace.text("run/metrics.jsonl") == before)
    }

    @Test(arguments: [nil, 3])
    func aResumedRunHasItsOwnWeights(ranks: Int?) throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "run")
      let result = try Unfold.run(
        workspace.arguments(configuration, "run", resume: true) + [
          "--initialize-from", workspace("run"),
        ], ranks: ranks, in: workspace)
      #expect(result.status == 1 && result.messages.count == 1, "\(result.error)")
      #expect(result.error.contains("--initialize-from"), "\(result.error)")
    }

    // MARK: What is told

    /// Without a validation, too, an epoch's end has a line, with the epoch's mean loss.
    @Test func anEpochHasItsLine() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let result = try workspace.train(
        configuration, "run", "data.validation_fraction=0", "training.steps=null",
        "training.epochs=2")
      let losses = try workspace.metrics("run").compactMap { $0["loss"] as? Double }
      let lines = result.messages.filter { $0.contains("tokens/s") && $0.contains("epoch") }
      #expect(lines.count == 2, "\(result.error)")
      let told = try #require(lines.first?.firstMatch(of: #/loss (\d\.\d+)/#)?.1)
      let tokens = try workspace.metrics("run").compactMap { $0["tokens"] as? Double }
      let count = losses.count / 2
      let mean =
        zip(losses, tokens).prefix(count).reduce(0) { $0 + $1.0 * $1.1 }
        / tokens.prefix(count).reduce(0, +)
      #expect(abs((Double(told) ?? 0) - mean) < 1e-4, "\(told), \(mean)")
    }

    /// Perplexity is for symbols that are predicted; a set of labels is right as a whole.
    @Test func measuresAreThoseOfTheTask() throws {
      try workspace.train(try Experiment.reber.write(to: workspace), "reber", "training.steps=2")
      let reber = try Unfold.succeed(["evaluate", workspace("reber")], in: workspace).output
      #expect(reber.contains("perplexity") && reber.contains("second symbol repeated"), "\(reber)")
      let lines = (0..<20).map { "{\"inputs\": [\($0 % 3), 1], \"targets\": [\($0 % 2)]}\n" }
      let data = try workspace.write(lines.joined(), to: "labels.jsonl")
      let configuration = try workspace.write(
        """
        data: {kind: sequences, train: \(data), cache: \(workspace("cache"))}
        loss: binary-cross-entropy
        model: {hidden: 8, embedding: 4}
        batch: {streams: 4}
        bptt: full
        training: {epochs: 1}
        """, to: "labels.yaml")
      try workspace.train(configuration, "labels")
      let labels = try Unfold.succeed(["evaluate", workspace("labels")], in: workspace).output
      #expect(labels.contains("whole sets"), "\(labels)")
      #expect(!labels.contains("perplexity"), "\(labels)")
    }

    // MARK: Before the first step

    @Test(arguments: [nil, 3])
    func aPromptThatCannotBeReadIsFoundOutFirst(ranks: Int?) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let result = try Unfold.run(
        workspace.arguments(configuration, "run", ["training.sample.prompt=Ω"]), ranks: ranks,
        in: workspace)
      #expect(result.status != 0)
      #expect(result.messages.count == 1)
      #expect(result.messages.first?.contains("training.sample.prompt") == true)
      #expect(!workspace.exists("run"))
      let known = try workspace.train(
        configuration, "run", "training.sample.prompt=Ω", "data.unknown=<unk>")
      #expect(known.error.contains("sample:\nΩ"), "\(known.error)")
    }

    @Test(arguments: [
      "model.hidden=1000000", "model.hidden=2147483647",
      "batch.streams=2147483647", "bptt.k1=9223372036854775807", "parallel.workers=65536",
      "training.epochs=9223372036854775807", "data.symbols=2000000000",
    ])
    func sizesThatCannotBe(setting: String) throws {
      let configuration = try Experiment.rare.write(to: workspace)
      let result = try Unfold.run(
        workspace.arguments(configuration, "run", ["model.layers=2", setting]), in: workspace,
        timeout: 20)
      #expect(result.status == 1 && !result.isTimedOut, "\(result.error)")
      #expect(result.messages.count == 1, "\(result.error)")
      #expect(!workspace.exists("run"))
    }

    @Test func memoryThatIsNotGiven() throws {
      let configuration = try Experiment.rare.write(to: workspace)
      let result = try shell(
        "ulimit -v 1500000; $U train \(configuration) --output run --set model.hidden=6000")
      #expect(result.status == 1)
      #expect(result.messages.count == 1 && result.error.contains("ulimit -v"), "\(result.error)")
    }

    @Test(arguments: ["--streams", "--workers"])
    func evaluateSizesThatCannotBe(option: String) throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      for value in ["9223372036854775807", "2000000000", "0", "-1"] {
        let result = try Unfold.run(
          ["evaluate", workspace("run"), option, value], in: workspace, timeout: 20)
        #expect(result.status != 0 && !result.isTimedOut, "\(value)")
        #expect(!result.error.contains("Fatal error"), "\(value): \(result.error)")
      }
    }

    @Test func tiedWeightsNeedSymbols() throws {
      let lines = (0..<20).map { "{\"inputs\": [[\($0), 1], [0.5, 2]], \"targets\": \($0 % 2)}\n" }
      let data = try workspace.write(lines.joined(), to: "vectors.jsonl")
      let configuration = try workspace.write(
        """
        data: {kind: sequences, train: \(data), cache: \(workspace("cache"))}
        model: {hidden: 4, tie: true}
        batch: {streams: 2}
        bptt: full
        training: {epochs: 1}
        """, to: "tied.yaml")
      let result = try Unfold.run(workspace.arguments(configuration, "run"), in: workspace)
      #expect(result.status == 1)
      #expect(result.messages.count == 1 && result.error.contains("model.tie"), "\(result.error)")
    }

    // MARK: Losses beyond every exponent

    @Test func aPerplexityThatIsInfiniteIsWrittenAsSuch() throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(
        configuration, "run", "optimizer.kind=sgd", "optimizer.learning_rate=100000",
        "training.validate_every=1", "training.steps=3", "clip.norm=1000")
      let losses = try workspace.metrics("run").compactMap { $0["validation"] as? [String: Any] }
      #expect(losses.contains { $0["perplexity"] as? String == "inf" }, "\(losses)")
      _ = try Unfold.succeed(["evaluate", workspace("run"), "--json"], in: workspace)
    }
  }
}
