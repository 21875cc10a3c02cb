import Foundation
import Testing

extension CommandLineTests {
  /// Trained models given what they were not trained on, or what no longer is what it was.
  @Suite struct ModelMisuseTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func fails(
      _ arguments: [String], ranks: Int? = nil, naming words: String...
    ) throws {
      let result = try Unfold.run(arguments, ranks: ranks, in: workspace, timeout: 30)
      #expect(result.status == 1 && !result.isTimedOut, "\(result.error)")
      #expect(result.messages.count == 1, "\(result.error)")
      for word in words {
        let isNamed = result.error.contains(word)
        #expect(isNamed, "\(word): \(result.error)")
      }
    }

    /// Trains on sequences that are these lines, and returns their file.
    private func trainOnSequences(_ lines: [String], loss: String = "cross-entropy") throws
      -> String
    {
      let data = try workspace.write(lines.map { $0 + "\n" }.joined(), to: "sequences.jsonl")
      let configuration = try workspace.write(
        """
        data: {kind: sequences, train: \(data), cache: \(workspace("cache"))}
        loss: \(loss)
        model: {hidden: 8, embedding: 4}
        batch: {streams: 4}
        bptt: full
        training: {epochs: 1}
        """, to: "sequences.yaml")
      try workspace.train(configuration, "run")
      return data
    }

    private static let classes = (0..<20).map {
      "{\"inputs\": [\($0 % 3), 0, 1], \"targets\": \($0 % 3)}"
    }

    // MARK: The model's own data

    @Test(arguments: [nil, 3])
    func aTextOfAnotherContentIsNotEvaluated(ranks: Int?) throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      for changed in ["0" + (try workspace.text("text.txt")), String(repeating: "ab ", count: 200)]
      {
        try workspace.write(changed, to: "text.txt")
        try fails(
          ["evaluate", workspace("run")], ranks: ranks, naming: "text.txt", "content", "--data")
      }
    }

    /// The columns of a model are found by their names; those of its own changed file are refused.
    @Test func columnsInAnotherOrder() throws {
      try workspace.train(
        try Experiment.series.write(to: workspace), "run", "training.steps=60")
      let rows = try workspace.text("series.csv").split(separator: "\n")
      let swapped = rows.map { $0.split(separator: ",").reversed().joined(separator: ",") + "\n" }
      func loss(_ file: String) throws -> Double? {
        try Unfold.json(
          try Unfold.succeed(
            ["evaluate", workspace("run"), "--data", workspace(file), "--json"], in: workspace
          ).output)["loss"] as? Double
      }
      let inOrder = try loss("series.csv")
      try workspace.write(swapped.joined(), to: "swapped.csv")
      #expect(try loss("swapped.csv") == inOrder)
      let indexed = rows.enumerated().map { index, row in
        index == 0 ? ",\(row)\n" : "\(index - 1),\(row)\n"
      }
      try workspace.write(indexed.joined(), to: "pandas.csv")
      #expect(try loss("pandas.csv") == inOrder)
      try workspace.write(
        rows.map { "\($0)\n" }.joined().replacing("right", with: "rihgt"), to: "misspelt.csv")
      try fails(
        ["evaluate", workspace("run"), "--data", workspace("misspelt.csv")],
        naming: "misspelt.csv", "\"right\"", "\"rihgt\"")
      try workspace.write(swapped.joined(), to: "series.csv")
      try fails(["evaluate", workspace("run")], naming: "series.csv", "content")
    }

    /// How much of a short series was warm-up is said, and nothing of a long one.
    @Test func warmUpIsSaid() throws {
      try workspace.train(try Experiment.series.write(to: workspace), "run")
      func tokens(_ arguments: String...) throws -> Double? {
        try Unfold.json(
          try Unfold.succeed(
            ["evaluate", workspace("run"), "--json"] + arguments, in: workspace
          ).output)["warm_up_tokens"] as? Double
      }
      #expect(try tokens() == 6, "the first k2 of the held-out time steps")
      #expect(try tokens("--data", workspace("series.csv"), "--streams", "4") == 24)
      let table = try Unfold.succeed(["evaluate", workspace("run")], in: workspace).output
      #expect(table.contains("warm-up"), "\(table)")
    }

    // MARK: A line for each line

    @Test func everyLineHasItsPrediction() throws {
      _ = try trainOnSequences(Self.classes)
      let data = try workspace.write(
        """
        {"inputs": [0, 1]}

        {"inputs": []}
        {"id": "last", "inputs": [2, 1, 0]}
        """, to: "new.jsonl")
      func lines(_ options: String...) throws -> [Substring] {
        try Unfold.succeed(
          ["predict", workspace("run"), "--data", data] + options, in: workspace
        ).output.split(separator: "\n", omittingEmptySubsequences: false)
      }
      let last = try lines()
      #expect(last.count == 5 && last[4].isEmpty, "\(last)")
      #expect(last[1] == "null" && last[2] == "null")
      #expect(try Unfold.json(String(last[3]))["id"] as? String == "last")
      let steps = try lines("--per-step")
      #expect(steps.count == 5 && steps[1] == "null" && steps[2] == "[]", "\(steps)")
      let named = try Unfold.json(String(steps[3]))
      let predictions = try #require(named["steps"] as? [[String: Any]])
      #expect(named["id"] as? String == "last" && predictions.count == 3)
      let alone = try Unfold.json(String(last[3]))
      for key in ["class", "probability"] {
        #expect(predictions[2][key] as? Double == alone[key] as? Double, "\(key)")
      }
    }

    @Test func optionsThatDoNotApplyAreRefused() throws {
      let sequences = try trainOnSequences(Self.classes)
      try fails(
        ["predict", workspace("run"), "--data", sequences, "--horizon", "3"],
        naming: "--horizon", "sequences")
      try workspace.train(try Experiment.series.write(to: workspace), "series")
      try fails(
        ["predict", workspace("series"), "--data", workspace("series.csv"), "--per-step"],
        naming: "--per-step", "series")
    }

    // MARK: Bytes

    @Test func bytesThatAreNoText() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let bytes = try workspace.write(Data("the ".utf8) + [0xFF, 0xFE], to: "bytes.bin")
      try workspace.train(configuration, "characters")
      try fails(
        ["predict", workspace("characters"), "--data", bytes], naming: "bytes.bin", "UTF-8",
        "byte 4")
      try workspace.write(
        Data((0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 37) }), to: "all.bin")
      try workspace.train(
        configuration, "bytes", "data.unit=byte", "data.train=\(workspace("all.bin"))")
      let result = try Unfold.succeed(
        ["predict", workspace("bytes"), "--data", bytes], in: workspace)
      #expect(try Unfold.json(result.output)["probability"] is Double)
    }

    // MARK: Sizes and numbers that cannot be

    @Test(arguments: [
      "{\"inputs\": [2147483647, 0], \"targets\": 0}",
      "{\"inputs\": [0, 1], \"targets\": 2147483647}",
      "{\"inputs\": [100000000, 1], \"targets\": 100000000}",
    ])
    func symbolsThatNoModelHolds(line: String) throws {
      let data = try workspace.write(
        ([line] + Self.classes).map { $0 + "\n" }.joined(), to: "large.jsonl")
      let configuration = try workspace.write(
        """
        data: {kind: sequences, train: \(data), cache: \(workspace("cache"))}
        model: {hidden: 4096}
        batch: {streams: 4}
        bptt: full
        training: {epochs: 1}
        """, to: "large.yaml")
      try fails(workspace.arguments(configuration, "large"), naming: "would take", "memory")
      #expect(!workspace.exists("large"))
    }

    @Test func weightsThatAreNotFinite() throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      let model = workspace("run/checkpoints/step-6/model.safetensors")
      var bytes = try Data(contentsOf: URL(fileURLWithPath: model))
      bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xC0, 0x7F])
      let broken = try workspace.write(bytes, to: "broken.safetensors")
      try fails(
        workspace.arguments(workspace("text.yaml"), "other") + ["--initialize-from", broken],
        naming: "broken.safetensors", "not finite")
    }
  }
}
