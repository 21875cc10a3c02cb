import ArgumentParser
import Files
import Logging
import Unfold

/// Where a trained model is found.
struct CheckpointArgument: ParsableArguments {
  @Argument(help: "A checkpoint's folder, or a run's folder for its newest checkpoint.")
  var checkpoint: String

  @Option(help: "Workers of each rank (default: this rank's share of the cores).")
  var workers: Int?

  /// Opens the model on every rank and uses it. Which one it was is told in one line: at once where a
  /// newer one was passed over, else when all went well.
  func use(_ body: (TrainedModel, any Communicator) throws -> Void) throws {
    try Job.run { communicator in
      let resources = try RankResources(communicator: communicator, workers: workers)
      let model = try communicator.agree {
        try TrainedModel(path: checkpoint, pool: resources.pool)
      }
      let logger = Logger(label: "unfold")
      let line = (["using \(model.path)"] + model.warnings).joined(separator: "; ")
      if communicator.isRoot, !model.warnings.isEmpty { logger.warning("\(line)") }
      try body(model, communicator)
      if communicator.isRoot, model.warnings.isEmpty { logger.info("\(line)") }
    }
  }

  func validate() throws { try require("--workers", workers, in: 1...65536) }
}

/// - Throws: `ValidationError` that names the option, unless its value is within the bounds.
func require(_ option: String, _ value: Int?, in bounds: ClosedRange<Int>) throws {
  guard let value, !bounds.contains(value) else { return }
  throw ValidationError(
    "\(option) is \(value), expected \(bounds.lowerBound) to \(bounds.upperBound)")
}

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a trained model on data.")

  @OptionGroup var model: CheckpointArgument

  @Option(help: "A file like the training data (default: the validation part).")
  var data: String?

  @Option(help: "Parallel streams that the data are cut into.")
  var streams = 1

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    try require("--streams", streams, in: 1...Int(Int32.max))
  }

  func run() throws {
    try model.use { model, communicator in
      let result = try model.evaluate(on: data, streams: streams, communicator: communicator)
      guard communicator.isRoot else { return }
      try StandardStream.output(json ? JSON.pretty(result) : result.table)
    }
  }
}

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Classes and probabilities of sequences, or a series' closed-loop forecast.")

  @OptionGroup var model: CheckpointArgument

  @Option(help: "JSON Lines, CSV or text, like the training data; targets are not needed.")
  var data: String

  @Option(help: "Rows to forecast after a series' end (default: 100).")
  var horizon: Int?

  @Flag(help: "Print a prediction for every time step of a sequence, not only the last.")
  var perStep = false

  func validate() throws {
    try require("--horizon", horizon, in: 1...100_000_000)
  }

  func run() throws {
    try model.use { model, communicator in
      try communicator.agree {
        guard communicator.isRoot else { return }
        try model.predict(on: data, horizon: horizon, perStep: perStep, to: StandardStream.output)
      }
    }
  }
}

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Continue a text.")

  @OptionGroup var model: CheckpointArgument

  @Option(help: "The text to continue (default: starts after a line's end).")
  var prompt = ""

  @Option(help: "Symbols to generate.")
  var length = 200

  @Option(help: "1 draws from the model's probabilities, less is safer, 0 takes the likeliest.")
  var temperature = 1.0

  @Option(help: "Seed of the draws.")
  var seed: UInt64 = 1

  func validate() throws {
    try require("--length", length, in: 1...100_000_000)
    if !(temperature >= 0 && temperature.isFinite) {
      throw ValidationError("--temperature is \(temperature), expected 0 or more")
    }
  }

  func run() throws {
    try model.use { model, communicator in
      try communicator.agree {
        guard communicator.isRoot else { return }
        let text = try model.generate(
          prompt: prompt, length: length, temperature: temperature, seed: seed)
        let space = !prompt.isEmpty && model.configuration.data.unit == .word ? " " : ""
        try StandardStream.output(prompt + space + text + "\n")
      }
    }
  }
}

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show a checkpoint's shapes, steps and parameter hash.")

  @OptionGroup var model: CheckpointArgument

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try model.use { model, communicator in
      let inspection = model.inspection
      guard communicator.isRoot else { return }
      try StandardStream.output(json ? JSON.pretty(inspection) : inspection.table)
    }
  }
}
