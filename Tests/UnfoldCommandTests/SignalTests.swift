import Foundation
import Testing

extension CommandLineTests {
  /// Inputs in, targets out: from files of every format to predictions and pictures.
  @Suite struct SignalTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    /// u, and y that follows it.
    private static let rows: [(u: Double, y: Double)] = {
      var y = 0.0
      return (0..<200).map { row in
        let u = sin(Double(row) * 0.3) + 0.5 * sin(Double(row) * 0.11)
        y = 0.8 * y + 0.2 * u
        return (u, y)
      }
    }()

    private func table(separator: String = ",", header: String? = "u,y") -> String {
      (header.map { "\($0)\n" } ?? "")
        + Self.rows.map { "\($0.u)\(separator)\($0.y)\n" }.joined()
    }

    private func configuration(_ data: String, _ rest: String = "") throws -> String {
      try workspace.write(
        """
        name: signals
        data: {kind: series, \(data), inputs: [u], targets: [y], cache: \(workspace("cache"))}
        model: {cell: lstm, hidden: 5}
        batch: {streams: 4}
        bptt: {k1: 10, warm_up: 5}
        optimizer: {kind: adam, learning_rate: 0.01}
        training: {epochs: 3}
        \(rest)
        """, to: "signals.yaml")
    }

    /// Integers in little-endian order.
    private func bytes(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// [T, 2] of float64.
    private var npy: Data {
      let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (200, 2), }"
      let header = text + String(repeating: " ", count: 117 - text.count) + "\n"
      var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0] + bytes(header.utf8.count, 2))
      data.append(contentsOf: header.utf8)
      for row in Self.rows {
        for value in [row.u, row.y] {
          data.append(contentsOf: bytes(Int(bitPattern: UInt(value.bitPattern)), 8))
        }
      }
      return data
    }

    /// 16-bit sound of one channel.
    private func wav(_ values: [Double], rate: Int = 8000) -> Data {
      var data = Data("RIFF".utf8)
      data.append(contentsOf: bytes(36 + 2 * values.count, 4) + Array("WAVEfmt ".utf8))
      data.append(contentsOf: bytes(16, 4) + bytes(1, 2) + bytes(1, 2) + bytes(rate, 4))
      data.append(contentsOf: bytes(2 * rate, 4) + bytes(2, 2) + bytes(16, 2))
      data.append(contentsOf: Array("data".utf8) + bytes(2 * values.count, 4))
      for value in values { data.append(contentsOf: bytes(Int(value * 16000), 2)) }
      return data
    }

    // MARK: Formats

    @Test func everyFormatOfTheSameNumbersTrainsTheSameWeights() throws {
      var hashes: Set<String> = []
      let files: [(name: String, data: Data, columns: [String])] = [
        ("a.csv", Data(table().utf8), []),
        ("a.tsv", Data(table(separator: "\t", header: "u\ty").utf8), []),
        ("a.txt", Data(table(separator: "  ", header: nil).utf8), ["inputs=[1]", "targets=[2]"]),
        ("a.npy", npy, ["inputs=[1]", "targets=[2]"]),
      ]
      for file in files {
        let path = try workspace.write(file.data, to: file.name)
        _ = try Unfold.succeed(
          workspace.arguments(
            try configuration("train: \(path)"), "of-\(file.name)",
            file.columns.map { "data.\($0)" }), in: workspace)
        hashes.insert(try Unfold.parameterHash("of-\(file.name)", in: workspace))
      }
      #expect(hashes.count == 1)
    }

    @Test func soundIsReadInPairsAndWritten() throws {
      let clean = try workspace.write(wav(Self.rows.map(\.u)), to: "clean.wav")
      let late = [0, 0, 0] + Self.rows.map { tanh(2 * $0.u) }
      let amplified = try workspace.write(wav(late), to: "amplified.wav")
      let path = try workspace.write(
        """
        data: {kind: series, train: {inputs: \(clean), targets: \(amplified)}, normalize: none,
          align: true, cache: \(workspace("cache"))}
        model: {cell: lstm, hidden: 4, skip: input}
        loss: error-to-signal
        batch: {streams: 2}
        bptt: {k1: 20, warm_up: 5}
        training: {epochs: 2, monitor: esr}
        """, to: "effect.yaml")
      let trained = try workspace.train(path, "run", ranks: 2)
      #expect(
        trained.error.contains("clean: the targets are 3 time steps behind the inputs"),
        "\(trained.error)")
      #expect(trained.error.contains("it is taken out"))
      _ = try Unfold.succeed(
        ["predict", workspace("run"), "--data", clean, "--output", workspace("out.wav")],
        in: workspace)
      let sound = try Data(contentsOf: URL(fileURLWithPath: workspace("out.wav")))
      #expect(sound.count == 58 + 4 * 200)
      let pair = "{inputs: \(clean), targets: \(amplified)}"
      let result = try Unfold.json(
        try Unfold.succeed(
          ["evaluate", workspace("run"), "--data", pair, "--json"], ranks: 2, in: workspace
        ).output)
      #expect(result["measures"] != nil)
    }

    // MARK: Mistakes

    @Test(arguments: [nil, 3] as [Int?])
    func mistakesAreOneLine(ranks: Int?) throws {
      let good = try workspace.write(table(), to: "good.csv")
      let clean = try workspace.write(wav([0.1, 0.2, 0.3, 0.2]), to: "clean.wav")
      let other = try workspace.write(wav([0.1, 0.2, 0.3, 0.2], rate: 44100), to: "other.wav")
      let truncated = try workspace.write(npy.prefix(300), to: "cut.npy")
      let attributes = try workspace.write("name,area\nX,1\nY,2\n", to: "attributes.csv")
      let words = try workspace.write("u,y\n1,warm\n2,cold\n", to: "words.csv")
      let hole = try workspace.write(
        "u,y\n1,2\n,3\n" + String(repeating: "4,5\n", count: 60), to: "hole.csv")
      let empty = try workspace.write("", to: "empty.csv")
      let parquet = try workspace.write(Data("PAR1".utf8 + [0, 1, 2, 3]), to: "a.parquet")
      let configuration = try configuration("train: \(good)", "checkpoint: {best: false}")
      let mistakes: [([String], [String])] = [
        (["data.inputs=[uu]"], ["good.csv: has no column \"uu\"; did you mean \"u\"?"]),
        (["data.train=\(words)"], ["words.csv", "warm"]),
        (["data.train=\(empty)"], ["empty.csv is empty"]),
        (["data.train=\(truncated)"], ["cut.npy"]),
        (["data.train=\(parquet)"], ["a.parquet", "Parquet", "CSV"]),
        (["data.train=\(workspace("none*.csv"))"], ["no file matches", "none*.csv"]),
        (["data.train=\(good)[190:400]"], ["good.csv[190:400]", "200 rows"]),
        (["data.train=\(hole)"], ["row 1, counted from 0", "\"u\"", "data.missing"]),
        (["data.static=\(attributes)"], ["attributes.csv: has a row for none of the sequences"]),
        (
          [
            "data.train={inputs: \(clean), targets: \(other)}", "data.inputs=null",
            "data.targets=null",
          ],
          ["other.wav: has 44100 Hz, expected 8000 Hz"]
        ),
        (["data.group=yy"], ["has no column \"yy\""]),
        (["training.monitor=accuracy"], ["training.monitor"]),
        (["data.piece=3"], ["data.piece", "warm_up"]),
      ]
      for (settings, expected) in mistakes {
        let result = try Unfold.run(
          workspace.arguments(configuration, "mistaken", settings), ranks: ranks, in: workspace)
        #expect(result.status == 1, "\(settings): \(result.error)")
        let lines = result.error.split(separator: "\n").filter {
          $0.hasPrefix("unfold: ") && !$0.contains("warning:")
        }
        #expect(lines.count == 1, "\(settings): \(result.error)")
        for word in expected {
          #expect(result.error.contains(word), "\(settings): \(result.error)")
        }
        #expect(!workspace.exists("mistaken/checkpoints/best"))
        try? FileManager.default.removeItem(atPath: workspace("mistaken"))
      }
    }

    // MARK: Parts and predictions

    @Test func theTestPartIsMeasuredOnceWithTheBest() throws {
      let good = try workspace.write(table(), to: "good.csv")
      let configuration = try configuration(
        "train: '\(good)[:150]', test: '\(good)[150:]'", "checkpoint: {every: 2}")
      try workspace.train(configuration, "run", ranks: 2)
      let summary = try workspace.json("run/summary.json")
      let test = try #require(summary["test"] as? [String: Any])
      #expect(test["tokens"] as? Double == 45, "all but the warm-up")
      let evaluated = try Unfold.json(
        try Unfold.succeed(
          [
            "evaluate", workspace("run/checkpoints/best"), "--data", "\(good)[150:]", "--json",
          ], in: workspace
        ).output)
      #expect(evaluated["loss"] as? Double == test["loss"] as? Double)
    }

    @Test func predictionsNeedNoTargets() throws {
      let good = try workspace.write(table(), to: "good.csv")
      let inputs = try workspace.write(
        "u\n" + Self.rows.map { "\($0.u)\n" }.joined(), to: "inputs.csv")
      let configuration = try configuration(
        "train: \(good)", "loss: {kind: quantile, levels: [0.1, 0.5, 0.9]}")
      try workspace.train(configuration, "run")
      let known = try Unfold.succeed(
        ["predict", workspace("run"), "--data", good], in: workspace
      ).output
      #expect(
        try Unfold.succeed(["predict", workspace("run"), "--data", inputs], in: workspace).output
          == known)
      let lines = known.split(separator: "\n")
      #expect(lines[0] == "time_step,y_q0.1,y_q0.5,y_q0.9" && lines.count == 201)
      _ = try Unfold.succeed(
        ["predict", workspace("run"), "--data", good, "--output", workspace("out.csv")],
        in: workspace)
      #expect(try workspace.text("out.csv") == known)
      _ = try Unfold.succeed(
        ["predict", workspace("run"), "--data", good, "--output", workspace("out.npy")],
        in: workspace)
      let array = try Data(contentsOf: URL(fileURLWithPath: workspace("out.npy")))
      #expect(array.count == 128 + 200 * 4 * 8)
      let refused = try Unfold.run(
        ["predict", workspace("run"), "--data", good, "--horizon", "3"], in: workspace)
      #expect(refused.status == 1 && refused.error.contains("--horizon"))
      let lacking = try Unfold.run(
        ["evaluate", workspace("run"), "--data", inputs], in: workspace)
      #expect(lacking.status == 1 && lacking.error.contains("has no column \"y\""))
    }

    @Test func severalFilesAreSequencesWithNames() throws {
      for name in ["north", "south"] { try workspace.write(table(), to: "\(name).csv") }
      let configuration = try configuration("train: \(workspace("*th.csv"))")
      try workspace.train(configuration, "run", ranks: 2)
      let output = try Unfold.succeed(
        [
          "predict", workspace("run"), "--data",
          "[\(workspace("north.csv")), \(workspace("south.csv"))]",
        ],
        in: workspace
      ).output.split(separator: "\n")
      #expect(output[0] == "sequence,time_step,y" && output.count == 401)
      #expect(output[1].hasPrefix("north,0,") && output[400].hasPrefix("south,199,"))
      _ = try Unfold.succeed(
        ["evaluate", workspace("run"), "--per-sequence", workspace("measures.csv")], in: workspace)
      let rows = try workspace.text("measures.csv").split(separator: "\n")
      #expect(rows.count == 3 && rows[1].hasPrefix("north,y,20,"), "\(rows)")
    }
  }
}
