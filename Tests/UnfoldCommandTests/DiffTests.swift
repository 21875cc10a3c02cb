import Foundation
import Testing

extension CommandLineTests {
  /// Where two runs part, as users ask for it.
  @Suite struct DiffTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func diff(_ arguments: String..., ranks: Int? = nil) throws
      -> CommandLineProcess.Result
    {
      try Unfold.run(["diff"] + arguments, ranks: ranks, in: workspace, timeout: 30)
    }

    private func json(_ result: CommandLineProcess.Result, _ key: String) throws -> [String: Any] {
      try #require(try Unfold.json(result.output)[key] as? [String: Any])
    }

    /// Every rank may write weights here; rank 0 hashes them whole.
    @Test func runsAtOtherLayoutsAreTheSame() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let hashed = "training.hash_every=2"
      try workspace.train(configuration, "alone", hashed)
      try workspace.train(
        configuration, "shared", ranks: 3, hashed, "parallel.update=cooperative")
      let hashes = try workspace.metrics("shared").map { $0["parameters_sha256"] as? String }
      #expect(hashes.map { $0 != nil } == [false, true, false, true, false, true])
      #expect(try Unfold.parameterHash("shared", in: workspace) == hashes.last)
      let result = try diff("alone", "shared")
      #expect(result.status == 0, "\(result.output)\(result.error)")
      #expect(result.output.contains("nothing differs in the 6 steps"), "\(result.output)")
      #expect(result.output.contains("parallel.update"), "\(result.output)")
      let metrics = try json(try diff("alone", "shared", "--json"), "metrics")
      #expect(metrics["last_equal_hash_step"] as? Int == 6 && metrics["first"] == nil)
    }

    @Test func whereRunsPartIsToldAndIsTheExitCode() throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "left", "training.hash_every=1")
      try workspace.train(configuration, "right", "training.hash_every=1", "training.steps=3")
      try workspace.train(
        configuration, "right", resume: true, "training.hash_every=1",
        "optimizer.learning_rate=0.02")
      let result = try diff("left", "right")
      #expect(result.status == 1 && result.error.isEmpty, "\(result.error)")
      for part in [
        "optimizer.learning_rate  0.01  0.02", "step 4 is the first that differs",
        "the parameters' hashes are the same up to step 3", "that of step 6 is the first",
        "embedding.weight[",
      ] {
        #expect(result.output.contains(part), "\(part): \(result.output)")
      }

      let inJSON = try diff("left", "right", "--json")
      #expect(inJSON.status == 1)
      let step = try #require(try json(inJSON, "metrics")["first"] as? [String: Any])
      #expect(step["step"] as? Int == 4)
      #expect(step["differing"] as? [String] == ["learning_rate", "parameters_sha256"])
      let right = try #require(step["right"] as? [String: Any])
      #expect(right["learning_rate"] as? Double == 0.02)
      let tensor = try #require(try json(inJSON, "checkpoints")["first"] as? [String: Any])
      #expect(tensor["tensor"] as? String == "embedding.weight")
      let elements = try #require(tensor["elements"] as? [String: Any])
      #expect((elements["index"] as? [Int])?.count == 2)
    }

    @Test(arguments: [nil, 3])
    func whatIsNoRunIsRefused(ranks: Int?) throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      for path in ["absent", "run/checkpoints/step-6"] {
        let result = try diff(workspace("run"), workspace(path), ranks: ranks)
        #expect(result.status == 2 || (ranks != nil && result.status != 0), "\(result.status)")
        #expect(result.messages.count == 1, "\(result.error)")
        let told = "\(workspace(path)): is not a run's folder"
        #expect(result.messages.first?.contains(told) == true, "\(result.error)")
      }
      #expect(try diff("run").status == 64, "one run alone is misuse of the command line")
    }
  }
}
