import ArgumentParser
import Files
import Logging
import Sweeps
import Unfold

/// Where a trained model is found.
struct CheckpointArgument: ParsableArguments {
  @Argument(help: "A checkpoint's folder, or a run's folder for its newest checkpoint.")
  var checkpoint: String

  @Option(help: "Workers of each rank (default: this rank's share of the cores).")
  var workers: Int?

  /// Opens the model on every rank and uses it. Which one it was is told in one line: at once where a
  /// newer one was passed over, else when all went well.
  ///
  /// - Parameters:
  ///   - open: opens it; the model of a checkpoint unless given.
  ///   - body: uses it.
  func use(
    opening open: (String, RankResources) throws -> TrainedModel = { path, resources in
      guard !SweepFolder(path: path).isOfSweep else {
        throw TrainingError.unsuitable(
          "\(path): is a sweep's folder; give that of one of its trials")
      }
      return try TrainedModel(path: path, resources: resources)
    },
    _ body: (TrainedModel, any Communicator) throws -> Void
  ) throws {
    try Job.run { communicator in
      let resources = try RankResources(communicator: communicator, workers: workers)
      let model = try communicator.agree { try open(checkpoint, resources) }
      let logger = Logger(label: "unfold")
      let line = (["using \(model.names)"] + model.warnings).joined(separator: "; ")
      if communicator.isRoot, !model.warnings.isEmpty { logger.warning("\(line)") }
      try body(model, communicator)
      if communicator.isRoot, model.warnings.isEmpty { logger.info("\(line)") }
    }
  }

  func validate() throws { try require("--workers", workers, in: 1...65536) }
}
