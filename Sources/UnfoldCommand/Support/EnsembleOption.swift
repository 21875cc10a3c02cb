import ArgumentParser
import Sweeps
import Unfold

/// Whether a sweep's best models are used together.
struct EnsembleOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Average the outputs of a sweep's best models, so many; CHECKPOINT is the sweep's folder.",
      valueName: "count"))
  var ensemble: Int?

  func validate() throws { try require("--ensemble", ensemble, in: 1...1000) }

  /// Opens what a path names: a model, or a sweep's best ones as one model.
  ///
  /// - Throws: `SweepError`, `TrainingError`, and what opening a model throws.
  func model(at path: String, resources: RankResources) throws -> TrainedModel {
    let folder = SweepFolder(path: path)
    guard let ensemble else {
      guard !folder.isOfSweep else {
        throw TrainingError.unsuitable(
          "\(path): is a sweep's folder; give --ensemble K for its best K models, or one trial's folder"
        )
      }
      return try TrainedModel(path: path, resources: resources)
    }
    let models = try folder.bestCheckpoints(ensemble).map { checkpoint in
      try TrainedModel(path: checkpoint, resources: resources)
    }
    try models[0].average(with: Array(models.dropFirst()))
    return models[0]
  }
}
