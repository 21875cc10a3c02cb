/// What one rank finds wrong with what it is given.
public enum TrainingError: Error, CustomStringConvertible, Sendable {
  /// The output folder holds something, and the run is not to be resumed.
  case outputNotEmpty(path: String)
  /// Another process trains into the output folder.
  case outputInUse(path: String, holder: String)
  /// A run that is to be resumed has checkpoints, but none of them is whole.
  case noWholeCheckpoint(path: String, reasons: [String])
  /// A run that is to be resumed no longer says what it was begun with.
  case noConfiguration(path: String)
  /// A folder that no run has written to.
  case notARun(path: String)
  /// Two runs that have no step in common.
  case nothingToCompare(left: String, right: String, reasons: [String])
  /// A run cannot both go on and start from other weights.
  case resumedAndInitialized
  /// A model, or what trains or measures it, that the memory cannot hold.
  case tooLarge(String)
  /// A disk without room for one checkpoint.
  case tooLittleDisk(path: String, free: Double, needed: Double)
  /// UNFOLD_LOCK_PATIENCE is no number of seconds.
  case unusablePatience(String)
  /// UNFOLD_ISA names no variant, or one that this machine lacks.
  case unusableVariant(name: String, available: [String])
  /// The checkpoint's weights belong to another network.
  case otherArchitecture(path: String, problem: String)
  /// Something that this kind of model or data cannot do.
  case unsuitable(String)

  public var description: String {
    switch self {
    case .outputNotEmpty(let path):
      "\(path): the output folder is not empty; choose another --output, or continue with --resume"
    case .outputInUse(let path, let holder):
      "\(path): another run is training into this folder\(holder.isEmpty ? "" : " (\(holder))"); "
        + "wait for its end, or choose another --output"
    case .noWholeCheckpoint(let path, let reasons):
      "\(path): cannot resume, none of its checkpoints is whole: "
        + reasons.joined(separator: "; ") + "; restore one, or start in another folder"
    case .noConfiguration(let path):
      "\(path): cannot resume, its config.yaml is missing; copy one from the newest of its "
        + "checkpoints, or start in another folder"
    case .notARun(let path):
      "\(path): is not a run's folder, which has config.yaml, and metrics.jsonl or checkpoints; give "
        + "one that `unfold train --output` has written to"
    case .nothingToCompare(let left, let right, let reasons):
      "\(left) and \(right) have no step in common, neither in metrics.jsonl nor in whole "
        + "checkpoints; let both train on, or compare others"
        + reasons.map { "; passed over: \($0)" }.joined()
    case .resumedAndInitialized:
      "--resume goes on with the run's own weights, --initialize-from starts from others; leave one "
        + "of them out"
    case .tooLittleDisk(let path, let free, let needed):
      "\(path): the disk has \(Formatting.bytes(free)) free, a checkpoint takes "
        + "\(Formatting.bytes(needed)); free some space, or choose another --output"
    case .unusablePatience(let value):
      "\(RunSurroundings.lockPatienceName)=\(value): expected a number of seconds from 0 to a million"
    case .unusableVariant(let name, let available):
      "UNFOLD_ISA=\(name): not a kernel variant of this machine; it has "
        + available.joined(separator: ", ")
    case .otherArchitecture(let path, let problem):
      "\(path): the checkpoint is of another architecture: \(problem)"
    case .tooLarge(let message), .unsuitable(let message):
      message
    }
  }
}
