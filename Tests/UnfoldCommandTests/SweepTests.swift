import Foundation
import Testing

extension CommandLineTests {
  /// Many runs in one job are those that each would have been alone.
  @Suite struct SweepTests {
    private let workspace: Workspace
    private let configuration: String

    init() throws {
      workspace = try Workspace()
      configuration = try Experiment.text.write(to: workspace)
    }

    private static let vary = ["--vary", "seed=1..4", "--vary", "model.hidden=4,6,8"]

    private func arguments(_ sweep: String, _ more: [String] = Self.vary) -> [String] {
      ["sweep", configuration, "--output", workspace(sweep)] + more
    }

    /// The table without its seconds.
    private func table(_ sweep: String) throws -> [String] {
      let lines = try workspace.text("\(sweep)/trials.csv").split(separator: "\n").map(String.init)
      let header = lines[0].split(separator: ",", omittingEmptySubsequences: false)
      let seconds = try #require(header.firstIndex(of: "seconds"))
      return lines.map { line in
        // Names of folders have commas, and so quotes; they come after the seconds.
        var fields = line.split(separator: ",", omittingEmptySubsequences: false)
        fields.remove(at: seconds)
        return fields.joined(separator: ",")
      }
    }

    private func folder(_ number: Int, _ seed: Int, _ hidden: Int) -> String {
      "trial-\(number < 10 ? "00" : "0")\(number)-seed=\(seed),hidden=\(hidden)"
    }

    @Test func ranksAndGroupsChangeNothing() throws {
      _ = try Unfold.succeed(arguments("alone"), in: workspace, timeout: 120)
      let alone = try table("alone")
      #expect(alone.count == 13)
      #expect(alone[0] == "trial,seed,model.hidden,state,steps,best_validation,test,folder,reason")
      #expect(alone[1...].allSatisfy { $0.contains(",done,6,") }, "\(alone)")
      for (ranks, perTrial) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let sweep = "\(ranks)-\(perTrial)"
        _ = try Unfold.succeed(
          arguments(sweep, Self.vary + ["--ranks-per-trial", "\(perTrial)"]), ranks: ranks,
          in: workspace, timeout: 120)
        #expect(try table(sweep) == alone, "\(sweep)")
        for number in [1, 6, 12] {
          let name = folder(number, (number - 1) / 3 + 1, [4, 6, 8][(number - 1) % 3])
          #expect(
            try Unfold.parameterHash("\(sweep)/\(name)", in: workspace)
              == Unfold.parameterHash("alone/\(name)", in: workspace))
        }
      }
    }

    @Test func aTrialIsALoneRun() throws {
      _ = try Unfold.succeed(arguments("sweep"), ranks: 2, in: workspace, timeout: 120)
      let name = folder(5, 2, 6)
      try workspace.train(configuration, "lone", "seed=2", "model.hidden=6")
      for file in [
        "config.yaml", "checkpoints/step-6/model.safetensors",
        "checkpoints/step-6/optimizer.safetensors", "checkpoints/step-6/streams.safetensors",
      ] {
        let (own, lone) = (try data("sweep/\(name)/\(file)"), try data("lone/\(file)"))
        #expect(own == lone, "\(file)")
      }
      #expect(
        try workspace.lossesAndNorms("sweep/\(name)") == workspace.lossesAndNorms("lone"))
    }

    private func data(_ name: String) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: workspace(name)))
    }

    @Test(arguments: [SIGKILL, SIGTERM])
    func brokenOffAndGoneOnWith(signal: Int32) throws {
      let long = Self.vary + ["--set", "training.steps=150", "--set", "checkpoint.every=20"]
      _ = try Unfold.succeed(arguments("whole", long), ranks: 2, in: workspace, timeout: 120)
      let job = try Unfold.start(arguments("parts", long), ranks: 2, in: workspace, timeout: 120)
      while job.isRunning, workspace.lineCount("parts/\(folder(4, 2, 4))") < 30 { usleep(2000) }
      // To one rank alone; the others hear of it.
      kill(try #require(job.processIdentifier(ofRank: 1)), signal)
      let result = try job.wait()
      if signal == SIGTERM { #expect(result.status == 75, "\(result.error)") }
      #expect(result.status != 0)

      let refused = try Unfold.run(arguments("parts", long), in: workspace)
      #expect(refused.error.contains("--resume"), "\(refused.error)")
      _ = try Unfold.succeed(
        arguments("parts", long + ["--resume"]), ranks: 2, in: workspace, timeout: 120)
      #expect(try table("parts") == table("whole"))
      for (number, seed, hidden) in [(1, 1, 4), (4, 2, 4), (5, 2, 6), (12, 4, 8)] {
        let name = folder(number, seed, hidden)
        #expect(
          try Unfold.parameterHash("parts/\(name)", in: workspace)
            == Unfold.parameterHash("whole/\(name)", in: workspace))
      }
    }

    /// With other workers, and with a trial whose folder somebody has removed.
    @Test func whatIsMissingIsTrainedAgain() throws {
      let two = ["--vary", "seed=1..2", "--set", "model.hidden=4"]
      _ = try Unfold.succeed(
        arguments("sweep", two + ["--set", "parallel.workers=2"]), in: workspace)
      let before = try table("sweep")
      let name = "sweep/trial-001-seed=1"
      let hash = try Unfold.parameterHash(name, in: workspace)
      try FileManager.default.removeItem(atPath: workspace(name))
      _ = try Unfold.succeed(
        arguments("sweep", two + ["--set", "parallel.workers=1", "--resume"]), in: workspace)
      #expect(try table("sweep") == before)
      #expect(try Unfold.parameterHash(name, in: workspace) == hash)
      let refused = try Unfold.run(["inspect", workspace("sweep")], in: workspace)
      #expect(refused.status == 1 && refused.error.contains("is a sweep's folder"))
    }

    @Test func failedTrialsAreRecordedAndTheOthersGoOn() throws {
      let vary = ["--vary", "model.cell=lstm,none,gru", "--vary", "clip.norm=1"]
      let result = try Unfold.run(arguments("sweep", vary), ranks: 2, in: workspace)
      #expect(result.status == 3, "\(result.error)")
      let rows = try table("sweep").dropFirst().map { $0 }
      #expect(rows.count == 3 && rows[1].contains(",failed,") && rows[1].contains("model.cell"))
      #expect(rows[0].contains(",done,") && rows[2].contains(",done,"))
      let again = try Unfold.run(
        arguments("sweep", vary + ["--resume", "--retry-failed"]), in: workspace)
      #expect(again.status == 3)
      #expect(try table("sweep").dropFirst().map { $0 } == rows)
    }

    @Test(arguments: [
      (["--vary", "modle.hidden=1,2"], "did you mean model"),
      (["--vary", "name=a,b"], "cannot vary"),
      (["--vary", "seed=1,2", "--ranks-per-trial", "2"], "1 ranks"),
      (["--vary", "seed=1..3", "--random", "4"], "3 trials"),
      (["--list", "none.csv"], "none.csv"),
      (["--retry-failed", "--vary", "seed=1,2"], "--resume"),
      ([], "nothing varies"),
    ])
    func mistakes(options: [String], words: String) throws {
      let result = try Unfold.run(arguments("sweep", options), in: workspace)
      #expect(result.status != 0 && result.error.contains(words), "\(result.error)")
      #expect(!workspace.exists("sweep"))
    }

    @Test func theBestTogether() throws {
      _ = try Unfold.succeed(arguments("sweep"), ranks: 2, in: workspace, timeout: 120)
      let one = try Unfold.json(
        try Unfold.succeed(
          ["evaluate", workspace("sweep"), "--ensemble", "1", "--json"], in: workspace
        ).output)
      let checkpoint = try #require(one["checkpoint"] as? String)
      let lone = try Unfold.json(
        try Unfold.succeed(["evaluate", checkpoint, "--json"], in: workspace).output)
      #expect(one["loss"] as? Double == lone["loss"] as? Double)

      let results = try [nil, 2].map { ranks in
        try Unfold.json(
          try Unfold.succeed(
            ["evaluate", workspace("sweep"), "--ensemble", "4", "--streams", "4", "--json"],
            ranks: ranks, in: workspace
          ).output)
      }
      #expect(results[0]["loss"] as? Double == results[1]["loss"] as? Double)
      #expect(results[0]["members"] as? Int == 4)
      #expect(try #require(results[0]["spread"] as? Double) > 0)

      let prediction = try Unfold.succeed(
        ["predict", workspace("sweep"), "--ensemble", "3", "--data", workspace("text.txt")],
        in: workspace)
      #expect(try Unfold.json(prediction.output)["spread"] != nil, "\(prediction.output)")
      let refused = try Unfold.run(["evaluate", workspace("sweep")], in: workspace)
      #expect(refused.status == 1 && refused.error.contains("--ensemble"), "\(refused.error)")
    }

    @Test func otherDataAreNotAveraged() throws {
      _ = try Unfold.succeed(
        arguments("sweep", ["--vary", "data.unit=character,word"]), in: workspace)
      let result = try Unfold.run(
        ["evaluate", workspace("sweep"), "--ensemble", "2"], in: workspace)
      #expect(result.status == 1 && result.error.contains("data"), "\(result.error)")
    }
  }
}
