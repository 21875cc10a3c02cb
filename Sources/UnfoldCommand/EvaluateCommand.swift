import ArgumentParser
import Files
import Unfold

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a trained model on data.")

  @OptionGroup var model: CheckpointArgument

  @OptionGroup var ensemble: EnsembleOption

  @Option(help: "A file like the training data (default: the validation part).")
  var data: String?

  @Option(help: "Parallel streams that the data are cut into.")
  var streams = 1

  @Option(help: "A CSV file for the measures of each sequence and target.")
  var perSequence: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    try require("--streams", streams, in: 1...Int(Int32.max))
  }

  func run() throws {
    try model.use(opening: ensemble.model) { model, communicator in
      try communicator.agree {
        if perSequence != nil { try model.requireMeasures(for: "--per-sequence") }
      }
      let (result, report) = try model.measure(
        on: data, streams: streams, communicator: communicator)
      try communicator.agree {
        guard communicator.isRoot else { return }
        let table = result.table + (report.map { "\n" + $0.table } ?? "")
        try StandardStream.output(json ? JSON.pretty(result) : table)
        // After the result, which is not to be lost where this file cannot be written.
        if let perSequence, let report { try TextFile.write(report.csv, to: perSequence) }
      }
    }
  }
}
