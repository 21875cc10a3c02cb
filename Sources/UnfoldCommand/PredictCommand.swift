import ArgumentParser
import Files
import Unfold

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
