import Checkpoints
import Communication
import Files
import Training

extension FuzzedReader {
  /// Tensor files, checkpoint folders, metrics, and folders that models are opened from.
  static func checkpoints(_ scratch: Scratch) throws -> [FuzzedReader] {
    [
      FuzzedReader(
        name: "safetensors", share: 160, seeds: ModelFiles.all.map(\.weights) + [metadata],
        words: [
          "\"dtype\"", "\"F64\"", "\"BF16\"", "\"shape\"", "\"data_offsets\"", "__metadata__",
        ]
      ) { bytes in
        let file = try SafetensorsFile(path: try scratch.write(bytes, to: "a.safetensors"))
        for tensor in file.tensors {
          _ = try file.withBytes(of: tensor.name) { $0.reduce(0, &+) }
          if [.float64, .float32, .float16, .bfloat16].contains(tensor.type) {
            _ = try file.floats(tensor.name)
          }
        }
        return true
      },
      try folderReader(scratch),
      FuzzedReader(
        name: "metrics", share: 20, seeds: [Array(lines.utf8)], words: ["\"step\"", "\"epoch\""]
      ) { bytes in
        _ = try scratch.write(bytes, to: "metrics.jsonl")
        try RunFolder(path: scratch.path).truncateMetrics(after: 1)
        return true
      },
      try modelReader(scratch),
    ]
  }

  private static let metadata = ModelFiles.safetensors(
    [],
    prefix: "\"__metadata__\":{\"format\":\"p\\u00e4\\ud83d\\ude00t\"},"
      + "\"h\":{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[0,4]},"
      + "\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[4,12]}", extra: 12)

  private static let lines = (1...3).map { step in
    "{\"epoch\":0,\"gradient_norm\":\"inf\",\"learning_rate\":0.1,\"loss\":2.5,\"milliseconds\":"
      + "{\"backward\":1,\"exchange\":1,\"forward\":1,\"hidden\":1,\"update\":1,\"wait\":1},"
      + "\"step\":\(step),\"tokens\":16,\"tokens_per_second\":100}\n"
  }.joined()

  /// A checkpoint's folder: its manifest and a file.
  private static func folderReader(_ scratch: Scratch) throws -> FuzzedReader {
    let store = CheckpointStore(directory: try scratch.emptyFolder("whole"))
    let folder = try store.write(step: 7) { writer throws(CheckpointError) in
      try writer.json("training.json", TrainingProgress())
    }
    let names = [Manifest.name, "training.json"]
    let seed = Frame.join(try names.map { try TextFile.bytes(of: "\(folder)/\($0)") })
    let target = try scratch.emptyFolder("folder")
    return FuzzedReader(
      name: "checkpoint", share: 60, seeds: [seed],
      words: ["\"files\"", "\"sha256\"", "\"step\"", "\"bytes\"", "\"name\"", "../"]
    ) { bytes in
      for (name, part) in zip(names, Frame.split(bytes, into: names.count)) {
        try scratch.write(part, at: "\(target)/\(name)")
      }
      let checkpoint = try Checkpoint(folder: target)
      _ = try checkpoint.json("training.json", as: TrainingProgress.self)
      return true
    }
  }

  /// A model's folder, as a checkpoint whose hashes fit or as a bare one, and what is done with it.
  private static func modelReader(_ scratch: Scratch) throws -> FuzzedReader {
    let resources = try RankResources(communicator: SoloCommunicator(), workers: 1)
    let bare = try scratch.emptyFolder("bare")
    let store = CheckpointStore(directory: try scratch.emptyFolder("sealed"))
    let names = ["config.yaml", "data.json", "training.json", "model.safetensors"]
    let progress = Array(JSON.pretty(TrainingProgress()).utf8)
    return FuzzedReader(
      name: "model", share: 40,
      seeds: ModelFiles.all.map { model in
        Frame.join([Array(model.yaml.utf8), Array(model.data.utf8), progress, model.weights])
      },
      words: [
        "hidden: ", "layers: ", "cell: gru", "kind: text", "unit: word", "\"symbols\"", "\"count\"",
        "\"width\"", "\"mean\"", "\"deviation\"", "\"classes\"", "\"labels\"", "rnn.bias_ih_l0",
      ]
    ) { bytes in
      let parts = Frame.split(bytes, into: names.count)
      let folder: String
      if bytes.reduce(0, &+) % 2 == 0 {
        folder = bare
        for (name, part) in zip(names, parts) { try scratch.write(part, at: "\(bare)/\(name)") }
      } else {
        folder = try store.write(step: 1) { writer throws(CheckpointError) in
          for (name, part) in zip(names, parts) { try writer.bytes(name, part) }
        }
      }
      let model = try TrainedModel(path: folder, resources: resources)
      _ = JSON.line(model.inspection)
      if model.data.vocabulary != nil { _ = try model.generate(prompt: "ab", length: 3) }
      return true
    }
  }
}

/// The files of a small model.
struct ModelFiles {
  let yaml: String
  let data: String
  let weights: [UInt8]

  /// One of text, one of a series.
  static let all = [
    ModelFiles(
      yaml: """
        data: {kind: text, train: /dev/null}
        model: {cell: lstm, hidden: 3, embedding: 2}
        training: {steps: 1}

        """,
      data: """
        {"inputKind": {"symbols": {"count": 3}}, "targetKind": {"classes": {"count": 3}},
        "vocabulary": {"unit": "character", "symbols": ["a", "b", "c"]}, "isLanguageModel": true,
        "score": {"name": "accuracy", "measure": "accuracy"}}

        """,
      weights: safetensors([
        ("embedding.weight", [3, 2]), ("rnn.weight_ih_l0", [12, 2]), ("rnn.weight_hh_l0", [12, 3]),
        ("rnn.bias_ih_l0", [12]), ("rnn.bias_hh_l0", [12]), ("readout.weight", [3, 3]),
        ("readout.bias", [3]),
      ])),
    ModelFiles(
      yaml: """
        data: {kind: series, train: /dev/null}
        model: {cell: gru, hidden: 3}
        training: {steps: 1}

        """,
      data: """
        {"inputKind": {"vectors": {"width": 2}}, "targetKind": {"values": {"width": 2}},
        "normalization": {"mean": [0.5, 10], "deviation": [1, 2.5]}, "columnNames": ["x", "y"],
        "score": {"name": "error", "measure": "meanSquaredError"}}

        """,
      weights: safetensors([
        ("rnn.weight_ih_l0", [9, 2]), ("rnn.weight_hh_l0", [9, 3]), ("rnn.bias_ih_l0", [9]),
        ("rnn.bias_hh_l0", [9]), ("readout.weight", [2, 3]), ("readout.bias", [2]),
      ])),
  ]

  /// A tensor file of zeros.
  ///
  /// - Parameters:
  ///   - tensors: names and shapes, single precision.
  ///   - prefix: entries of the header before these.
  ///   - extra: the bytes that those stand for.
  static func safetensors(
    _ tensors: [(name: String, shape: [Int])], prefix: String = "", extra: Int = 0
  ) -> [UInt8] {
    var entries = prefix.isEmpty ? [] : [prefix]
    var end = extra
    for (name, shape) in tensors {
      let start = end
      end += shape.reduce(4, *)
      let sizes = shape.map(String.init).joined(separator: ",")
      entries.append(
        "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[\(sizes)],\"data_offsets\":[\(start),\(end)]}")
    }
    let header = Array("{\(entries.joined(separator: ","))}".utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
      + [UInt8](repeating: 0, count: end)
  }
}
