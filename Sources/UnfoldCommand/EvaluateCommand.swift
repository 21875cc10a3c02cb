import ArgumentParser
import Files
import Unfold

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
