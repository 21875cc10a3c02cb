import ArgumentParser
import Files
import Logging
import Unfold

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network as a configuration says.")

  @OptionGroup var source: ConfigurationOptions

  @Option(help: "The run's folder (default: runs/NAME).")
  var output: String?

  @Flag(help: "Go on from the folder's newest complete checkpoint.")
  var resume = false

  @Option(help: "A checkpoint or safetensors file whose weights to start from.")
  var initializeFrom: String?

  @Option(
    help: "A file for a timeline of the first steps on every rank, in Chrome's trace format.")
  var trace: String?

  @Option(help: "How many steps the timeline shows.")
  var traceSteps = 20

  func validate() throws {
    try require("--trace-steps", traceSteps, in: 1...10_000)
  }

  func run() throws {
    try Job.run { communicator in
      let configuration = try source.read(communicator)
      let logger = Logger(label: "unfold")
      let resources = try RankResources(
        communicator: communicator, workers: configuration.parallel.workers, logger: logger)
      let trainer = try Trainer(
        configuration, resources: resources, output: output, resume: resume,
        initializeFrom: initializeFrom,
        trace: trace.map { TraceOptions(path: $0, steps: traceSteps) },
        displays: [display(configuration, logger)], logger: logger)
      let summary = try trainer.run()
      if communicator.isRoot { try StandardStream.output(summary.text + "\n") }
    }
  }

  private func display(_ configuration: Configuration, _ logger: Logger) -> any MetricsSink {
    if configuration.training.logEvery == nil, let bar = ProgressBarSink() { return bar }
    return LogSink(logger: logger, everySteps: configuration.training.logEvery)
  }
}
