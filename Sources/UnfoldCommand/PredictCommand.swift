import ArgumentParser
import Files
import Unfold

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "What a model says of a file: values, classes and probabilities, or a forecast.")

  @OptionGroup var model: CheckpointArgument

  @OptionGroup var ensemble: EnsembleOption

  @Option(help: "A file like the training data, or a list of them; targets are not needed.")
  var data: String

  @Option(
    help: """
      The file that is written, in the place of an earlier one (default: standard output); a series \
      also as .npy or .wav.
      """)
  var output: String?

  @Option(help: "Rows to forecast after a series' end (default: 100).")
  var horizon: Int?

  @Flag(help: "Print a prediction for every time step of a sequence, not only the last.")
  var perStep = false

  func validate() throws {
    try require("--horizon", horizon, in: 1...100_000_000)
  }

  func run() throws {
    try model.use(opening: ensemble.model) { model, communicator in
      try communicator.agree {
        guard communicator.isRoot else { return }
        if let output {
          try model.predict(on: data, horizon: horizon, perStep: perStep, output: output)
        } else {
          try model.predict(on: data, horizon: horizon, perStep: perStep, to: StandardStream.output)
        }
      }
    }
  }
}
