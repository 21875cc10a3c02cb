import Foundation
import Testing

extension CommandLineTests {
  /// The commands that use a trained model, and those that need none.
  @Suite struct ModelCommandTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func run(_ arguments: String..., ranks: Int? = nil) throws -> String {
      try Unfold.succeed(arguments, ranks: ranks, in: workspace).output
    }

    @Test(arguments: [1, 2, 4])
    func validationEqualsEvaluate(streams: Int) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let held = try workspace.write(
        String(try workspace.text("text.txt").suffix(100)), to: "held.txt")
      try workspace.train(
        configuration, "run", "batch.streams=\(streams)", "data.validation=\(held)")
      let arguments = ["evaluate", workspace("run"), "--streams", "\(streams)", "--json"]
      let own = try Unfold.json(try Unfold.succeed(arguments, in: workspace).output)
      let named = try Unfold.json(
        try Unfold.succeed(arguments + ["--data", held], in: workspace).output)
      let summary = try workspace.json("run/summary.json")
      let validated = try #require(summary["validation_loss"] as? Double)
      for result in [own, named] {
        let evaluated = try #require(result["loss"] as? Double)
        #expect(evaluated == validated, "the same sums in the same order")
      }
      #expect(own["tokens"] as? Int == 99)
      let loss = try #require(own["loss"] as? Double)
      let perplexity = try #require(own["perplexity"] as? Double)
      let bits = try #require(own["bits_per_symbol"] as? Double)
      #expect(abs(perplexity - exp(loss)) < 1e-9 && abs(bits - loss / log(2)) < 1e-9)
    }

    @Test func evaluateGivesTheSameOnThreeRanks() throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      let losses = try [nil, 3].map { ranks in
        try Unfold.json(
          try run("evaluate", workspace("run"), "--streams", "4", "--json", ranks: ranks))["loss"]
          as? Double ?? .nan
      }
      // Sums of some hundred doubles in another order.
      #expect(abs(losses[0] - losses[1]) < 1e-12)
    }

    @Test func aSeriesIsForecast() throws {
      let configuration = try Experiment.series.write(to: workspace)
      try workspace.train(configuration, "run")
      let forecast = try workspace.text("run/forecast.csv").split(separator: "\n")
      #expect(forecast.first == "time_step,left,right,left_predicted,right_predicted")
      #expect(forecast.count == 12, "a header and the 12 held-out rows but their first")
      let closed = try run(
        "predict", workspace("run"), "--data", workspace("series.csv"), "--horizon", "7")
      let rows = closed.split(separator: "\n")
      #expect(rows.first == "time_step,left,right")
      #expect(rows.dropFirst().map { Int($0.split(separator: ",")[0]) } == Array(120..<127))
      let evaluation = try Unfold.json(try run("evaluate", workspace("run"), "--json"))
      #expect(evaluation["root_mean_square_error"] is Double)
    }

    @Test func sequencesAreClassified() throws {
      let lines = (0..<40).map { "{\"inputs\": [\($0 % 3), 0, 1], \"targets\": \($0 % 3)}\n" }
      let data = try workspace.write(lines.joined(), to: "classes.jsonl")
      let configuration = try workspace.write(
        """
        data: {kind: sequences, train: \(data), cache: \(workspace("cache"))}
        model: {hidden: 8, embedding: 4}
        batch: {streams: 4}
        bptt: full
        optimizer: {kind: adam, learning_rate: 0.05}
        training: {epochs: 12}
        """, to: "classes.yaml")
      try workspace.train(configuration, "run")
      let predictions = try run("predict", workspace("run"), "--data", data).split(separator: "\n")
        .map { try Unfold.json(String($0)) }
      #expect(predictions.map { $0["class"] as? Int } == (0..<40).map { $0 % 3 })
      #expect(predictions.allSatisfy { (0.5...1).contains($0["probability"] as? Double ?? 0) })
    }

    @Test func textIsGenerated() throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      func generate(_ temperature: String, _ seed: String, ranks: Int? = nil) throws -> String {
        try run(
          "generate", workspace("run"), "--prompt", "the ", "--length", "60", "--temperature",
          temperature, "--seed", seed, ranks: ranks)
      }
      let text = try generate("1", "1")
      #expect(text.hasPrefix("the ") && text.dropLast().count == 64)
      #expect(try generate("1", "1", ranks: 2) == text)
      #expect(try generate("1", "2") != text)
      #expect(try generate("0", "1") == generate("0", "2"))
    }

    @Test func inspectShowsShapes() throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      let shown = try Unfold.json(try run("inspect", workspace("run"), "--json"))
      let parameters = shown["parameters"] as? [[String: Any]] ?? []
      let shapes = parameters.reduce(into: [String: [Int]]()) { shapes, parameter in
        shapes[parameter["name"] as? String ?? ""] = parameter["shape"] as? [Int]
      }
      #expect(shapes["rnn.weight_ih_l0"] == [32, 6] && shapes["rnn.weight_hh_l1"] == [32, 8])
      let numbers = try weights(workspace("run/checkpoints/step-6/model.safetensors"))
      #expect(shown["parameter_count"] as? Int == numbers.count)
      #expect(shown["steps"] as? Int == 6)
      #expect((shown["sha256"] as? String)?.count == 64)
    }

    @Test func prepareReadsTheFilesAheadOfARun() throws {
      let configuration = try Experiment.words.write(to: workspace)
      #expect(try run("prepare", configuration).contains("vocabulary: "))
      let prepared = try workspace.contents("cache")
      #expect(!prepared.isEmpty)
      try workspace.train(configuration, "run")
      #expect(try workspace.contents("cache") == prepared, "the run must find what was prepared")
    }

    @Test func benchTimesTheStep() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let figures = try Unfold.json(
        try run("bench", "step", configuration, "--workers", "1", "--steps", "3", "--json"))
      for key in [
        "tokens_per_second", "gflops", "peak_gflops", "fraction_of_peak", "fraction_of_bound",
        "peak_rss_bytes",
      ] {
        #expect((figures[key] as? Double ?? 0) > 0, "\(key)")
      }
      #expect(figures["milliseconds"] is [String: Double])
      #expect(figures["nodes"] as? Int == 1 && figures["imbalance"] as? Double == 0)
    }

    @Test func benchTellsWhatRanksExchange() throws {
      let configuration = try Experiment.series.write(to: workspace)
      let arguments = ["bench", "step", configuration, "--steps", "3"]
      let figures = try Unfold.json(
        try Unfold.succeed(
          arguments + ["--json"], ranks: 2, environment: ["UNFOLD_RANKS_PER_NODE": "1"],
          in: workspace
        ).output)
      #expect(figures["ranks"] as? Int == 2 && figures["nodes"] as? Int == 2)
      #expect(figures["imbalance"] as? Double ?? -1 >= 0)
      // A GRU of 6 units on 2 columns, and its readout to as many.
      let parameters = 3 * 6 * (2 + 6 + 2) + 2 * (6 + 1)
      #expect(figures["exchange_bytes"] as? Int ?? 0 >= 4 * parameters)
      let table = try Unfold.succeed(arguments, ranks: 2, in: workspace).output
      #expect(table.contains("imbalance") && table.contains("gradients"), "\(table)")
    }

    @Test func keysListsTheConfiguration() throws {
      let table = try run("keys")
      for key in ["`data.kind`", "`bptt.k2`", "`batch.leaves`"] {
        #expect(table.contains(key), "\(key)")
      }
    }
  }
}
