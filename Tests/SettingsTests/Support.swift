import Foundation
import Settings

/// A small valid configuration that the tests change.
let smallest = """
  data:
    kind: reber
    samples: 100
  training:
    epochs: 2
  """

/// The error's line that reading `yaml` with `overrides` ends in, or `nil` if it succeeds.
func failure(_ yaml: String, _ overrides: [String] = [], path: String? = "run.yaml") -> String? {
  do throws(ConfigurationError) {
    _ = try Configuration(yaml: yaml, path: path, overrides: overrides)
    return nil
  } catch {
    return error.description
  }
}

/// Calls `body` with a folder of its own, which is removed afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("unfold-\(UUID().uuidString)").resolvingSymlinksInPath().path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// Every key with a valid value that is not its default, and overrides under which it is used.
let everyKey: [(key: String, value: String, with: [String])] = [
  ("name", "other", []), ("seed", "18446744073709551615", []), ("data.kind", "copying", []),
  ("data.train", "/a/b.txt", text), ("data.validation", "/a/c.txt", text),
  ("data.validation_fraction", "0.25", text), ("data.test", "/a/d.txt", text),
  ("data.inputs", "[u, \"2\"]", columns), ("data.targets", "[y, z]", columns),
  ("data.group", "unit", columns), ("data.static", "/a/attributes.csv", columns),
  ("data.shift", "3", columns), ("data.normalize", "minmax", columns),
  ("data.missing", "previous", columns), ("data.count", "last", columns),
  ("data.cap", "125.0", columns), ("data.piece", "365", columns),
  ("data.align", "true", ["data={kind: series, train: {inputs: /a/x.wav, targets: /a/y.wav}}"]),
  ("data.validation_sequences", "[a, b]", columns), ("data.hold_out", "sequences", columns),
  ("data.unit", "word", text),
  ("data.unknown", "\"<unk>\"", text),
  ("data.samples", "7", []), ("data.validation_samples", "8", []),
  ("data.length", "9", ["data.kind=adding"]), ("data.symbols", "7", ["data.kind=random"]),
  ("data.input_width", "7", ["data.kind=random-values"]),
  ("data.output_width", "7", ["data.kind=random-values"]),
  ("data.tau", "30", ["data.kind=mackey-glass"]),
  ("data.cache", "/a/cache", text), ("model.cell", "gru", []),
  ("model.activation", "relu", ["model.cell=elman"]), ("model.layers", "3", []),
  ("model.hidden", "17", []), ("model.embedding", "11", []), ("model.tie", "true", []),
  ("model.skip", "input", columns),
  ("model.dropout.input", "0.5", []), ("model.dropout.between", "0.5", ["model.layers=2"]),
  ("model.dropout.output", "0.5", []), ("model.initialization.kind", "uniform", []),
  ("model.initialization.range", "0.3", ["model.initialization=uniform"]),
  ("model.initialization.recurrent", "orthogonal", []),
  ("model.initialization.forget_bias", "1.0", []),
  ("loss.kind", "mean-squared-error", ["data={kind: sequences, train: /a/b.jsonl}"]),
  ("loss.weights", "[0.5]", columns),
  ("loss.levels", "[0.25, 0.75]", quantiles),
  ("loss.delta", "0.5", huber),
  ("batch.streams", "5", []), ("batch.leaves", "2", ["batch.streams=2000"]),
  ("bptt.kind", "full", []), ("bptt.k1", "20", []),
  ("bptt.k2", "60", []), ("bptt.warm_up", "20", columns), ("optimizer.kind", "sgd", []),
  ("optimizer.learning_rate", "0.5", []), ("optimizer.momentum", "0.9", ["optimizer.kind=sgd"]),
  ("optimizer.nesterov", "true", ["optimizer={kind: sgd, momentum: 0.5}"]),
  ("optimizer.dampening", "0.1", ["optimizer.kind=sgd"]), ("optimizer.weight_decay", "0.1", []),
  ("optimizer.beta1", "0.5", []), ("optimizer.beta2", "0.5", []),
  ("optimizer.epsilon", "1e-05", []), ("optimizer.alpha", "0.9", ["optimizer.kind=rmsprop"]),
  ("optimizer.centered", "true", ["optimizer.kind=rmsprop"]), ("clip.norm", "5.0", []),
  ("clip.value", "5.0", []), ("schedule.kind", "cosine", []),
  ("schedule.after", "4", ["schedule.kind=step"]),
  ("schedule.factor", "0.5", ["schedule.kind=step"]),
  ("schedule.every", "2", ["schedule.kind=step"]),
  ("schedule.warmup_steps", "100", ["schedule.kind=cosine"]),
  ("schedule.minimum", "0.01", ["schedule.kind=cosine"]),
  ("schedule.total_steps", "1000", ["schedule.kind=cosine"]),
  ("schedule.patience", "3", ["schedule.kind=plateau"]),
  ("schedule.threshold", "0.01", ["schedule.kind=plateau"]), ("training.epochs", "9", []),
  ("training.steps", "9", []), ("training.validate_every", "9", []),
  ("training.patience", "9", []), ("training.monitor", "accuracy", []),
  ("training.log_every", "9", []),
  ("training.hash_every", "9", []), ("training.forecast", "false", ["data.kind=mackey-glass"]),
  ("training.tensorboard", "true", []),
  ("training.sample.prompt", "\"To be: \\\"or\\\"\\n\"", text),
  ("training.sample.length", "9", text), ("training.sample.temperature", "0.5", text),
  ("checkpoint.every", "9", []), ("checkpoint.every_minutes", "7.5", []),
  ("checkpoint.keep", "9", []), ("checkpoint.best", "false", []),
  ("checkpoint.on_failure", "stop", []),
  ("parallel.workers", "2", []), ("parallel.update", "cooperative", []),
  ("parallel.timeout", "20", []),
]

private let text = ["data={kind: text, train: /a/t.txt}"]

/// A series whose columns `u` tell its column `y`.
let columns = ["data={kind: series, train: /a/b.csv, inputs: [u], targets: [y]}"]

private let quantiles = columns + ["loss=quantile"]
private let huber = columns + ["loss=huber"]
