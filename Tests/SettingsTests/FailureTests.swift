import Foundation
import Settings
import Testing

@Suite("Errors of a configuration are one line that names place, key and remedy")
struct FailureTests {
  @Test(
    "unknown keys get the nearest valid one",
    arguments: [
      ("model: {hiden: 5}", "run.yaml:6:9: model.hiden: unknown key; did you mean model.hidden?"),
      ("modle: {hidden: 5}", "run.yaml:6:1: modle: unknown key; did you mean model?"),
      ("hidden: 5", "run.yaml:6:1: hidden: unknown key; did you mean model.hidden?"),
      (
        "optimizer:\n  learning-rate: 1",
        "run.yaml:7:3: optimizer.learning-rate: unknown key; "
          + "did you mean optimizer.learning_rate?"
      ),
      (
        "optimizer: {lr_learning_rate: 1}",
        "run.yaml:6:13: optimizer.lr_learning_rate: unknown key; "
          + "did you mean optimizer.learning_rate?"
      ),
    ])
  func unknownKeys(addition: String, expected: String) {
    #expect(failure(smallest + "\n" + addition) == expected)
  }

  @Test(
    "wrong types and values",
    arguments: [
      ("model.hidden=big", "model.hidden: expected \(width), got big"),
      ("model.hidden=2.5", "model.hidden: expected \(width), got 2.5"),
      ("model.hidden=\"2\"", "model.hidden: expected \(width), got the text \"2\""),
      ("model.hidden=[1, 2]", "model.hidden: expected \(width), got a list"),
      ("model.hidden={a: 2}", "model.hidden: expected \(width), got a mapping"),
      ("model.hidden=0", "model.hidden: must be at least 1 and at most 16777216, got 0"),
      ("model.hidden=99999999999999999999", "model.hidden: expected \(width), got"),
      ("model.tie=maybe", "model.tie: expected true or false, got maybe"),
      ("seed=-1", "seed: expected an integer from 0 to 2⁶⁴ − 1, got -1"),
      ("optimizer.learning_rate=.nan", "expected a number, greater than 0, got .nan"),
      ("optimizer.learning_rate=1e999", "expected a number, greater than 0, got 1e999"),
      ("model.dropout=1", "model.dropout.between: must be at least 0 and less than 1, got 1.0"),
      ("model=lstm", "model: expected a mapping of keys to values, got lstm"),
      ("bptt=ful", "bptt.kind: expected one of windows, full, got ful; did you mean full?"),
      ("data.kind=txt", "adding, copying, random, random-values, got txt; did you mean text?"),
    ])
  func wrongValues(override: String, expected: String) throws {
    let line = try #require(failure(smallest, [override]))
    #expect(line.hasPrefix("--set \(override): "))
    #expect(line.contains(expected), "got: \(line)")
  }

  @Test(
    "contradictions",
    arguments: [
      (["model.tie=true", "model.embedding=5"], "model.tie: needs model.embedding equal to"),
      (["data={kind: text, train: a}", "bptt=full"], "bptt.kind: full is for sets of sequences"),
      (["data={kind: mackey-glass, samples: 9}", "bptt=full"], "bptt.kind: full is for sets"),
      (["loss=mean-squared-error"], "loss.kind: mean-squared-error does not suit data.kind reber"),
      (["data={kind: text}"], "data.train: is missing; data.kind text needs the path"),
      (["data.samples=null"], "data.samples: is missing; data.kind reber needs the number"),
      (["data.kind=null"], "data.kind: is missing; give one of text, series, sequences,"),
      (["bptt={k1: 5, k2: 4}"], "bptt.k2: must be at least bptt.k1, got k1 5 and k2 4"),
      (["bptt.kind=full", "bptt.k1=3"], "bptt.k1: is used only with bptt.kind windows; remove it"),
      (["training.epochs=null"], "training.epochs: is missing; give training.epochs or"),
      (["clip={norm: 1, value: 1}"], "clip.value: excludes clip.norm"),
      (["optimizer={kind: sgd, beta1: 0.5}"], "optimizer.beta1: is used only with optimizer.kind"),
      (["optimizer={kind: sgd, nesterov: true}"], "optimizer.nesterov: needs optimizer.momentum"),
      (["data.tau=17"], "data.tau: is used only with data.kind mackey-glass; remove it"),
      (
        ["data.input_width=2"],
        "data.input_width: is used only with data.kind random-values; remove it"
      ),
      (["data.kind=random-values", "model.tie=true"], "model.tie: is used only with data.kind"),
      (["data.kind=adding", "model.embedding=5"], "model.embedding: is used only with data.kind"),
      (["model.activation=relu"], "model.activation: is used only with cells other than gru"),
      (
        ["data={kind: text, train: a, unit: byte, unknown: x}"],
        "data.unknown: has no use with data.unit byte, where every byte is known; remove it"
      ),
      (
        ["data={kind: text, train: a, unit: word}", "data.unknown=<unk>"],
        "data.unknown: has no use with data.unit word, where <unk> stands for unknown words"
      ),
      (
        ["data={kind: text, train: a, unknown: \"\"}"],
        "data.unknown: must not be empty; give a character or a word"
      ),
      (["data.unknown=x"], "data.unknown: is used only with data.kind text; remove it"),
      (["model.dropout=0.5"], "model.dropout.between: has no place to act with model.layers 1;"),
    ])
  func contradictions(overrides: [String], expected: String) throws {
    let line = try #require(failure(smallest, overrides))
    #expect(line.contains(expected), "got: \(line)")
  }

  @Test(
    "what goes by validation data is refused where there are none",
    arguments: [
      ("text", "schedule.kind=plateau", "schedule.kind: plateau needs"),
      ("text", "training.validate_every=5", "training.validate_every: needs"),
      ("text", "training.patience=2", "training.patience: needs"),
      ("text", "training.sample={length: 5}", "training.sample.prompt: needs"),
      ("series", "training.forecast=true", "training.forecast: needs"),
      ("sequences", "training.patience=2", "training.patience: needs"),
    ])
  func nothingToValidateOn(kind: String, override: String, expected: String) throws {
    func overrides(_ more: String) -> [String] {
      ["data={kind: \(kind), train: /a\(more)}", override]
    }
    let line = try #require(failure(smallest, overrides(", validation_fraction: 0")))
    let mending = "validation data; give data.validation, or data.validation_fraction greater than"
    #expect(line.contains("\(expected) \(mending)"), "got: \(line)")
    #expect(failure(smallest, overrides("")) == nil)
    #expect(failure(smallest, overrides(", validation: /b, validation_fraction: 0")) == nil)
    // Without such a request a run may well do without validation.
    #expect(failure(smallest, [overrides(", validation_fraction: 0")[0]]) == nil)
  }

  @Test("the same for a generator made in code")
  func generatorWithoutValidation() {
    var configuration = Configuration(
      data: .reber(.init(samples: .init(100))), training: .init(epochs: 1, patience: 1))
    #expect(throws: Never.self) { try configuration.check() }
    configuration.data.samples?.validation = nil
    #expect {
      try configuration.check()
    } throws: {
      "\($0)".contains("training.patience: needs validation data; give data.validation_samples")
    }
  }

  @Test(
    "bad YAML",
    arguments: [
      ("", "run.yaml: is empty; give at least data.kind"),
      ("# only a comment\n", "run.yaml: is empty"),
      ("[1, 2]", "run.yaml:1:1: expected a mapping of keys to values, got a list"),
      ("data: {kind: reber", "run.yaml:2:1: not valid YAML: while parsing a flow mapping"),
      ("a: b: c", "run.yaml:1:5: not valid YAML: mapping"),
      ("seed: 1\nname: x\nseed: 2", "seed: the key is given twice; keep one"),
      ("1: a\n\"1\": b", "run.yaml:2:1: 1: the key is given twice"),
      ("a: 1\n---\nb: 2", "not valid YAML: expected a single document in the stream"),
      ("seed: *nowhere", "run.yaml:1:7: not valid YAML: found undefined alias"),
      ("name: \u{1}", "run.yaml:1:7: not valid YAML: control characters are not allowed"),
      ("[1]: 2", "run.yaml:1:1: a key must be a word"),
    ])
  func badYAML(yaml: String, expected: String) throws {
    let line = try #require(failure(yaml))
    #expect(line.contains(expected), "got: \(line)")
    #expect(!line.contains("\n"))
  }

  @Test("aliases of aliases are refused before they fill the memory")
  func aliasBomb() throws {
    var yaml = "a0: &a0 {x: 1}\n"
    for level in 1...30 {
      yaml += "a\(level): &a\(level) {x: *a\(level - 1), y: *a\(level - 1)}\n"
    }
    #expect(try #require(failure(yaml)).contains("more than 10000 nodes"))
  }

  @Test("bad overrides", arguments: ["model.hidden", "=3", "model..hidden=3", "name={a"])
  func badOverrides(text: String) throws {
    let line = try #require(failure(smallest, [text]))
    #expect(line.hasPrefix("--set \(text): "), "got: \(line)")
  }

  @Test("files that cannot be read")
  func files() throws {
    try withFolder { folder in
      func line(_ path: String) -> String {
        do throws(ConfigurationError) {
          _ = try Configuration(path: path)
          return ""
        } catch {
          return error.description
        }
      }
      #expect(line("\(folder)/no.yaml") == "\(folder)/no.yaml: no such configuration file")
      #expect(line(folder).contains("is a folder"))
      let path = "\(folder)/bad.yaml"
      try Data([0x61, 0x3A, 0xFF]).write(to: URL(fileURLWithPath: path))
      #expect(line(path) == "\(path): is not valid UTF-8 text")
      try Data(repeating: 0x20, count: 1 << 21).write(to: URL(fileURLWithPath: path))
      #expect(line(path).contains("has 2097152 bytes"))
    }
  }
}

/// What the width of a layer must be.
private let width = "an integer, at least 1 and at most 16777216"
