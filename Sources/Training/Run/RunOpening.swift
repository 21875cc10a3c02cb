import Checkpoints
import Communication
import Configuration
import Logging

/// Finds out whether a run begins or goes on.
struct RunOpening {
  let folder: RunFolder
  let configuration: Configuration
  let resume: Bool

  /// The checkpoint to go on from, the same on every rank; nil for a new run.
  ///
  /// - Throws: `AgreedFailure` if the folder is not empty, or belongs to another configuration.
  func find(_ communicator: any Communicator, _ logger: Logger) throws -> Checkpoint? {
    let path = try communicator.agree {
      communicator.isRoot ? try newest(logger)?.folder ?? "" : ""
    }
    let agreed = try communicator.broadcast(path, from: 0)
    guard !agreed.isEmpty else { return nil }
    return try communicator.agree { try Checkpoint(folder: agreed) }
  }

  private func newest(_ logger: Logger) throws -> Checkpoint? {
    guard !folder.isEmpty else { return nil }
    guard resume else { throw TrainingError.outputNotEmpty(path: folder.path) }
    // A kill in the run's first moments may have left a folder without a configuration.
    guard folder.hasConfiguration else { return nil }
    try configuration.checkResumable(from: try Configuration(path: folder.configuration))
    try folder.checkpoints.prepare()
    let found = folder.checkpoints.newestComplete()
    for warning in found.warnings { logger.warning("\(warning)") }
    if let checkpoint = found.checkpoint {
      logger.info("going on from \(checkpoint.folder)")
    } else {
      logger.info("\(folder.path) holds no complete checkpoint yet; starting from the beginning")
    }
    return found.checkpoint
  }

  /// Makes a new run's folder, once everything that can be wrong with its input has been checked.
  static func start(_ folder: RunFolder, _ configuration: Configuration) throws {
    try folder.create()
    try folder.write(configuration.yaml, to: folder.configuration)
    try folder.checkpoints.prepare()
  }
}
