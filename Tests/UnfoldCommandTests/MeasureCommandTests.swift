import Foundation
import Testing

extension CommandLineTests {
  /// What `unfold evaluate` says of values.
  @Suite struct MeasureCommandTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    @Test func measuresAreTheSameOnAnyRanks() throws {
      try workspace.train(try Experiment.series.write(to: workspace), "run")
      var outputs: Set<String> = []
      var files: Set<String> = []
      for (name, ranks) in [("alone", nil), ("two", 2), ("three", 3)] as [(String, Int?)] {
        let file = "\(name).csv"
        let arguments = [
          "evaluate", workspace("run"), "--data", workspace("series.csv"), "--streams", "5",
          "--json", "--per-sequence", workspace(file),
        ]
        outputs.insert(try Unfold.succeed(arguments, ranks: ranks, in: workspace).output)
        files.insert(try workspace.text(file))
      }
      #expect(outputs.count == 1 && files.count == 1)
      let result = try Unfold.json(try #require(outputs.first))
      let measures = try #require(result["measures"] as? [String: [String: Any]])
      #expect(measures.keys.sorted() == ["left", "right"])
      let lines = try #require(files.first).split(separator: "\n")
      #expect(lines[0].hasPrefix("sequence,target,time_steps,rmse,mae,r2,"))
      let error = try #require(measures["left"]?["rmse"] as? Double)
      #expect(lines[1].split(separator: ",")[1] == "left")
      let alone = try #require(Double(lines[1].split(separator: ",")[3]))
      #expect(abs(alone - error) < 1e-12, "one sequence is all of it")
      #expect(lines.count == 3)
    }

    @Test func theTableNamesTheMeasures() throws {
      try workspace.train(try Experiment.series.write(to: workspace), "run")
      let table = try Unfold.succeed(["evaluate", workspace("run")], in: workspace).output
      for word in ["rmse", "nse", "kge", "fit %", "\nleft ", "\nright ", "\nmean of targets "] {
        #expect(table.contains(word), "\(table)")
      }
    }

    /// A file that cannot be written is an error, and the result is not lost.
    @Test(arguments: [nil, 3] as [Int?])
    func aFileThatCannotBeWrittenIsOneLine(ranks: Int?) throws {
      try workspace.train(try Experiment.series.write(to: workspace), "run")
      let result = try Unfold.run(
        ["evaluate", workspace("run"), "--json", "--per-sequence", workspace("absent/m.csv")],
        ranks: ranks, in: workspace)
      #expect(result.status != 0 && result.error.contains("absent/m.csv"), "\(result.error)")
      #expect(try Unfold.json(result.output)["measures"] != nil)
    }

    @Test(arguments: [nil, 3] as [Int?])
    func aModelOfClassesHasNoMeasures(ranks: Int?) throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      let result = try Unfold.run(
        ["evaluate", workspace("run"), "--per-sequence", workspace("measures.csv")],
        ranks: ranks, in: workspace)
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(
        result.error.contains("--per-sequence: is for models that predict values"),
        "\(result.error)")
      #expect(!workspace.exists("measures.csv"))
    }

    /// One line names what the data do not have, before anything is trained.
    @Test(arguments: [nil, 3] as [Int?])
    func aMonitorThatTheDataDoNotHaveIsRefused(ranks: Int?) throws {
      let lines = (0..<40).map { "{\"inputs\": [\($0 % 3), 0, 1], \"targets\": \($0 % 3)}\n" }
      let data = try workspace.write(lines.joined(), to: "classes.jsonl")
      let configuration = try workspace.write(
        """
        data: {kind: sequences, train: \(data), cache: \(workspace("cache"))}
        model: {hidden: 8, embedding: 4}
        batch: {streams: 4}
        bptt: full
        training: {epochs: 1, monitor: nse}
        """, to: "classes.yaml")
      let result = try Unfold.run(
        workspace.arguments(configuration, "run"), ranks: ranks, in: workspace)
      #expect(result.status == 1)
      #expect(result.error.contains("training.monitor: "), "\(result.error)")
    }
  }
}
