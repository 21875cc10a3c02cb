import Foundation
import Testing

extension CommandLineTests {
  /// `unfold export`, as a user starts it.
  @Suite struct ExportTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func train() throws {
      try workspace.train(try Experiment.series.write(to: workspace), "run")
    }

    private func export(_ arguments: [String], ranks: Int? = nil) throws
      -> CommandLineProcess.Result
    {
      try Unfold.run(
        ["export", workspace("run")] + arguments, ranks: ranks, in: workspace, timeout: 60)
    }

    @Test(arguments: [nil, 2]) func aCheckedHeader(ranks: Int?) throws {
      try train()
      let result = try export(
        ["--format", "c", "--output", workspace("waves.h"), "--check"], ranks: ranks)
      #expect(result.status == 0, "\(result.error)")
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 2 && lines[1].hasPrefix("checked by its self-test"), "\(lines)")
      #expect(try workspace.text("waves.h").contains("waves_step(const float *input"))
      let vector = try workspace.json("waves.h.test.json")
      #expect((vector["carried_outputs"] as? [[Double]])?.count == 64)
    }

    @Test func everyFormatOfASeries() throws {
      try train()
      for format in ["onnx", "rtneural", "proteus", "c"] {
        let name = workspace("waves.\(format)")
        let result = try export(["--format", format, "--output", name])
        #expect(result.status == 0, "\(result.error)")
        #expect(
          workspace.exists("waves.\(format)") && workspace.exists("waves.\(format).test.json"))
      }
    }

    @Test(arguments: [nil, 3]) func whatDoesNotFitIsRefusedInOneLine(ranks: Int?) throws {
      try train()
      let result = try export(
        ["--format", "nam", "--output", workspace("waves.nam")], ranks: ranks)
      #expect(result.status == 1 && result.messages.count == 1, "\(result.error)")
      #expect(result.error.contains("nam: knows the cell lstm"), "\(result.error)")
      #expect(!workspace.exists("waves.nam"))
    }

    @Test func mistakes() throws {
      try train()
      let unknown = try export(["--format", "keras", "--output", workspace("a")])
      #expect(unknown.status == 64 && unknown.error.contains("onnx"), "\(unknown.error)")
      let nowhere = try export(["--format", "c", "--output", workspace("none/a.h")])
      #expect(nowhere.status == 1 && nowhere.messages.count == 1, "\(nowhere.error)")
      #expect(nowhere.error.contains("none/a.h"), "\(nowhere.error)")
    }

    /// A check that was asked for and cannot be made is an error, and says what is needed.
    @Test func aReaderThatIsNotThere() throws {
      try train()
      let result = try Unfold.run(
        [
          "export", workspace("run"), "--format", "onnx", "--output", workspace("a.onnx"),
          "--check",
        ],
        environment: ["PATH": workspace.path], in: workspace)
      #expect(result.status == 1 && result.messages.count == 1, "\(result.error)")
      #expect(result.error.contains("pip install onnx onnxruntime"), "\(result.error)")
      #expect(workspace.exists("a.onnx"))
    }
  }
}
