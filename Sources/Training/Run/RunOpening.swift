import Checkpoints
import Communication
import Files
import Logging
import Settings

/// Finds out whether a run begins or goes on, and keeps other runs out of its folder.
final class RunOpening {
  private let folder: RunFolder
  private let configuration: Configuration
  private let resume: Bool
  private let surroundings: RunSurroundings
  private let logger: Logger
  /// Held by rank 0 from here to the run's end.
  private var lock: FileLock?

  init(
    folder: RunFolder, configuration: Configuration, resume: Bool, surroundings: RunSurroundings,
    logger: Logger
  ) {
    self.folder = folder
    self.surroundings = surroundings
    self.configuration = configuration
    self.resume = resume
    self.logger = logger
  }

  /// The checkpoint to go on from, the same on every rank; nil for a new run.
  ///
  /// - Throws: `AgreedFailure` if the folder is not empty, is in use, belongs to another
  ///   configuration, or holds only damaged checkpoints.
  func find(_ communicator: any Communicator) throws -> Checkpoint? {
    let path = try communicator.agree {
      communicator.isRoot ? try newest()?.folder ?? "" : ""
    }
    let agreed = try communicator.broadcast(path, from: 0)
    guard !agreed.isEmpty else { return nil }
    return try communicator.agree { try Checkpoint(folder: agreed) }
  }

  private func newest() throws -> Checkpoint? {
    guard !folder.isEmpty else { return nil }
    guard resume else { throw TrainingError.outputNotEmpty(path: folder.path) }
    lock = try awaitLock()
    // A kill in the run's first moments may have left a folder without a configuration.
    guard folder.hasConfiguration else {
      guard !folder.holdsWork else { throw TrainingError.noConfiguration(path: folder.path) }
      return nil
    }
    let started = try Configuration(savedAt: folder.configuration)
    for change in try configuration.resumableChanges(from: started) {
      logger.info("resuming with \(change.key) \(change.new) (was \(change.old))")
    }
    try folder.checkpoints.prepare()
    let found = folder.checkpoints.newestComplete()
    if let checkpoint = found.checkpoint {
      for warning in found.warnings { logger.warning("\(warning)") }
      logger.info("going on from \(checkpoint.folder)")
    } else if found.warnings.isEmpty {
      logger.info("\(folder.path) holds no checkpoint yet; starting from the beginning")
    } else {
      // To begin anew would lose what may still be mended, and the metrics.
      throw TrainingError.noWholeCheckpoint(path: folder.path, reasons: found.warnings)
    }
    return found.checkpoint
  }

  /// Takes the folder's lock. The process that this one goes on for may have gone with its host, and the
  /// file server not have noticed yet; a new run waits for nobody.
  private func awaitLock() throws -> FileLock? {
    let patience = resume ? try surroundings.secondsForLock() : 0
    let started = surroundings.now()
    var hasToldOfWait = false
    while true {
      do {
        return try folder.lock()
      } catch TrainingError.outputInUse(let path, let holder) {
        guard Double(surroundings.now() - started) * 1e-9 < patience else {
          throw TrainingError.outputInUse(path: path, holder: holder)
        }
        if !hasToldOfWait {
          hasToldOfWait = true
          logger.info(
            """
            waiting for the lock of \(path), which \(holder.isEmpty ? "another process" : holder) \
            holds, for at most \(Formatting.duration(patience))
            """)
        }
        surroundings.sleep(1)
      }
    }
  }

  /// Lets others into the folder.
  func end() { lock = nil }

  /// Makes a new run's folder, or takes an old one over, once everything that can be wrong with its
  /// input has been checked, and finds out whether the disk has room. On rank 0.
  ///
  /// - Parameter checkpointBytes: what one checkpoint takes on the disk.
  /// - Throws: `TrainingError.outputInUse`, `TrainingError.outputNotEmpty`,
  ///   `TrainingError.tooLittleDisk`, `FileError`, `CheckpointError`.
  func start(checkpointBytes: Double) throws {
    try folder.create()
    if lock == nil {
      lock = try awaitLock()
      // Another run may have begun here since `find` looked.
      guard resume || folder.isEmpty else {
        throw TrainingError.outputNotEmpty(path: folder.path)
      }
    }
    try folder.write(configuration.yaml, to: folder.configuration)
    try folder.checkpoints.prepare()
    try folder.requireRoom(forCheckpointOf: checkpointBytes)
  }
}
