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
        try TrainedModel(path: checkpoint, resources: resources)
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
