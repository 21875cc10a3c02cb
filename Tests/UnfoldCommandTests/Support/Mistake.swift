import Foundation
import Testing

/// Something that users do wrong, and what they must be told.
struct Mistake: CustomTestStringConvertible {
  let name: String
  /// Parts of the one line that tells.
  let expected: [String]
  /// Makes it, in a workspace with a finished run in `run` and its configuration in `text.yaml`,
  /// and returns the arguments that fail.
  let make: @Sendable (Workspace) throws -> [String]

  var testDescription: String { name }

  init(
    _ name: String, expect expected: String...,
    make: @escaping @Sendable (Workspace) throws -> [String]
  ) {
    self.name = name
    self.expected = expected
    self.make = make
  }

  /// Trains the finished run's configuration with these settings.
  private static func train(_ workspace: Workspace, _ settings: String...) -> [String] {
    workspace.arguments(workspace("text.yaml"), "other", settings)
  }

  /// Trains on this text.
  private static func train(_ workspace: Workspace, on data: Data) throws -> [String] {
    train(workspace, "data.train=\(try workspace.write(data, to: "bad.txt"))")
  }

  /// Trains on a file of another kind.
  private static func train(
    _ workspace: Workspace, kind: String, _ text: String, as file: String
  ) throws -> [String] {
    let data = try workspace.write(text, to: file)
    let configuration = try workspace.write(
      """
      data: {kind: \(kind), train: \(data), cache: \(workspace("cache"))}
      batch: {streams: 2}
      bptt: {k1: 2}
      training: {steps: 2}
      """, to: "bad.yaml")
    return workspace.arguments(configuration, "other")
  }

  /// Starts from a copy of the run's weights with other bytes.
  private static func start(
    _ workspace: Workspace, _ change: (inout Data) -> Void
  ) throws -> [String] {
    let model = workspace("run/checkpoints/step-6/model.safetensors")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: model))
    change(&bytes)
    return train(workspace)
      + ["--initialize-from", try workspace.write(bytes, to: "bad.safetensors")]
  }

  static let configurations = [
    Mistake("misspelt key", expect: "model.hiden", "hidden") { train($0, "model.hiden=8") },
    Mistake("misspelt key in the file", expect: "bad.yaml:2", "streems", "streams") { workspace in
      let text = "data: {kind: reber, samples: 8}\nbatch: {streems: 4}\ntraining: {steps: 1}\n"
      return workspace.arguments(try workspace.write(text, to: "bad.yaml"), "other")
    },
    Mistake("wrong type", expect: "batch.streams", "many", "integer") {
      train($0, "batch.streams=many")
    },
    Mistake("not YAML", expect: "bad.yaml") { workspace in
      workspace.arguments(try workspace.write("a: [", to: "bad.yaml"), "other")
    },
    Mistake("no configuration", expect: "absent.yaml") { workspace in
      workspace.arguments(workspace("absent.yaml"), "other")
    },
    Mistake("full with continuous text", expect: "full") { train($0, "bptt=full") },
    Mistake("output in use", expect: "/run", "not empty") { workspace in
      workspace.arguments(workspace("text.yaml"), "run")
    },
  ]

  static let data = [
    Mistake("missing file", expect: "/absent.txt") { workspace in
      train(workspace, "data.train=\(workspace("absent.txt"))")
    },
    Mistake("empty file", expect: "/bad.txt", "empty") { try train($0, on: Data()) },
    Mistake("text shorter than a window", expect: "/bad.txt", "batch.streams", "bptt.k1") {
      train(
        $0, "data.train=\(try $0.write("a short text", to: "bad.txt"))",
        "data.validation_fraction=0")
    },
    Mistake("invalid UTF-8", expect: "/bad.txt", "UTF-8", "byte 3") {
      try train($0, on: Data("abc".utf8) + [0xFF] + Data(repeating: 97, count: 200))
    },
    Mistake("ragged row", expect: "/bad.csv:3", "1", "2") {
      try train($0, kind: "series", "1,2\n3,4\n5\n", as: "bad.csv")
    },
    Mistake("NaN in a series", expect: "bad: row 1, counted from 0", "data.missing") {
      try train(
        $0, kind: "series", "1,2\nnan,4\n" + String(repeating: "5,6\n", count: 40), as: "bad.csv")
    },
    Mistake("bad JSON", expect: "/bad.jsonl:2") {
      try train($0, kind: "sequences", "{\"inputs\": [1, 2]}\n{\"inputs\": [1,\n", as: "bad.jsonl")
    },
    Mistake("a number that is none in JSON", expect: "/bad.jsonl:1") {
      try train($0, kind: "sequences", "{\"inputs\": [[NaN], [1]]}\n", as: "bad.jsonl")
    },
  ]

  static let checkpoints = [
    Mistake("truncated safetensors", expect: "/bad.safetensors") {
      try start($0) { $0.removeLast(10) }
    },
    Mistake("corrupted safetensors", expect: "/bad.safetensors") {
      try start($0) { $0.replaceSubrange(8..<12, with: Data("oops".utf8)) }
    },
    Mistake("another architecture", expect: "step-6", "rnn.weight", "shape") { workspace in
      train(workspace, "model.hidden=9") + ["--initialize-from", workspace("run")]
    },
    Mistake("another cell", expect: "step-6", "rnn.weight") { workspace in
      train(workspace, "model.cell=gru") + ["--initialize-from", workspace("run")]
    },
    Mistake("no checkpoint", expect: "/absent") { ["inspect", $0("absent")] },
    Mistake("damaged checkpoint", expect: "damaged", "model.safetensors") { workspace in
      let manager = FileManager.default
      try manager.copyItem(
        atPath: workspace("run/checkpoints/step-6"), toPath: workspace("damaged"))
      try workspace.write("short", to: "damaged/model.safetensors")
      return ["evaluate", workspace("damaged")]
    },
    Mistake("unknown characters", expect: "/bad.txt", "é") { workspace in
      let data = try workspace.write("the café is far", to: "bad.txt")
      return ["evaluate", workspace("run"), "--data", data]
    },
    Mistake("prediction of an empty file", expect: "/bad.txt", "empty") { workspace in
      ["predict", workspace("run"), "--data", try workspace.write("", to: "bad.txt")]
    },
    Mistake("prediction of a missing file", expect: "/absent.txt") { workspace in
      ["predict", workspace("run"), "--data", workspace("absent.txt")]
    },
  ]
}
