import Foundation
import Testing

extension CommandLineTests {
  /// `unfold list`: the runs below a folder.
  @Suite struct ListCommandTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func list(_ arguments: String..., ranks: Int? = nil) throws
      -> CommandLineProcess.Result
    {
      try Unfold.run(["list"] + arguments, ranks: ranks, in: workspace, timeout: 30)
    }

    @Test(arguments: [nil, 3])
    func everyRunHasALine(ranks: Int?) throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "runs/two", "training.steps=3")
      try workspace.train(configuration, "runs/one", "training.validate_every=3")
      let result = try list(ranks: ranks)
      #expect(result.status == 0 && result.messages.isEmpty, "\(result.error)")
      let lines = result.output.split(separator: "\n").map {
        $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
      }
      #expect(lines.map(\.first) == ["run", "runs/one", "runs/two"], "\(result.output)")
      #expect(lines[1][1...2] == ["finished", "6/6"], "\(result.output)")
      #expect(lines[2][1...2] == ["finished", "3/3"], "\(result.output)")
      #expect(result.output.contains("loss "), "\(result.output)")

      let json = try list("runs/one", "--json", ranks: ranks)
      let runs = try #require(try Unfold.json(json.output)["runs"] as? [[String: Any]])
      #expect(runs.count == 1 && runs[0]["state"] as? String == "finished")
      #expect(runs[0]["steps"] as? Int == 6 && runs[0]["last_step"] as? Int == 6)
      let best = try #require(runs[0]["best"] as? [String: Any])
      let summary = try workspace.json("runs/one/summary.json")
      #expect(best["step"] as? Int == summary["best_step"] as? Int)
      #expect(best["value"] as? Double == summary["best_validation_loss"] as? Double)
    }

    /// As long as it lives, and after it was killed.
    @Test func aRunIsRunningUntilItIsNot() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let job = try Unfold.start(
        workspace.arguments(configuration, "run", ["training.steps=100000000"]), in: workspace)
      while job.isRunning, workspace.lineCount("run") < 3 { usleep(5000) }
      let alive = try list("run")
      #expect(alive.output.contains("running"), "\(alive.output)")
      kill(try #require(job.processIdentifierAlone()), SIGKILL)
      _ = try job.wait()
      let dead = try list("run")
      #expect(dead.output.contains("broken off"), "\(dead.output)")
      #expect(dead.output.contains("/100000000"), "\(dead.output)")
    }

    @Test func aStoppedRunIsInterrupted() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let job = try Unfold.start(
        workspace.arguments(configuration, "run", ["training.steps=100000000"]), in: workspace)
      while job.isRunning, workspace.lineCount("run") < 3 { usleep(5000) }
      kill(try #require(job.processIdentifierAlone()), SIGTERM)
      #expect(try job.wait().status == 75)
      let result = try list("run")
      #expect(result.output.contains("interrupted"), "\(result.output)")
    }

    @Test func aFolderWithoutRunsIsTold() throws {
      let empty = try list(".")
      #expect(empty.status == 0 && empty.output.isEmpty)
      #expect(empty.messages == ["unfold: no run below ."], "\(empty.error)")
      let absent = try list("absent")
      #expect(absent.status == 1 && absent.messages.count == 1, "\(absent.error)")
      #expect(absent.messages.first?.contains("absent: is no folder") == true, "\(absent.error)")
    }
  }
}
