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
    var isInterrupted = false
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
      // Until here there is nothing to save, and a signal ends the process at once.
      let signals = StopSignals()
      let summary = try trainer.run(until: signals)
      if communicator.isRoot { try StandardStream.output(summary.text + "\n") }
      isInterrupted = summary.interrupted
      if isInterrupted { try tell(signals, summary, communicator) }
    }
    // Once all have ended MPI, so that no rank takes the others with it.
    if isInterrupted { throw ExitCode(StopSignals.exitCode) }
  }

  /// Says on rank 0 which signal ended the run, whichever rank it came to.
  private func tell(
    _ signals: StopSignals, _ summary: TrainingSummary, _ communicator: any Communicator
  ) throws {
    let signal = Int32(try communicator.allreduceMaximum(Int64(signals.received ?? 0)))
    guard communicator.isRoot else { return }
    let state = summary.steps > 0 ? "the checkpoint is complete; " : ""
    StandardStream.error(
      "unfold: interrupted by \(StopSignals.name(of: signal)) at step \(summary.steps); "
        + "\(state)go on with --resume\n")
  }

  private func display(_ configuration: Configuration, _ logger: Logger) -> any MetricsSink {
    if configuration.training.logEvery == nil, let bar = ProgressBarSink() { return bar }
    return LogSink(logger: logger, everySteps: configuration.training.logEvery)
  }
}
