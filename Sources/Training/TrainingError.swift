import Communication

/// What stops a run on all ranks alike, so that rank 0 can speak for them.
public enum TrainingError: SharedFailure, CustomStringConvertible, Sendable {
  /// The loss or the gradient became infinite or not a number; the update was not made.
  case notFinite(step: Int, loss: Double, gradientNorm: Double, checkpoint: Int?)
  /// The output folder holds something, and the run is not to be resumed.
  case outputNotEmpty(path: String)
  /// Another process trains into the output folder.
  case outputInUse(path: String, holder: String)
  /// A run that is to be resumed has checkpoints, but none of them is whole.
  case noWholeCheckpoint(path: String, reasons: [String])
  /// A model, or what trains or measures it, that the memory cannot hold.
  case tooLarge(String)
  /// UNFOLD_ISA names no variant, or one that this machine lacks.
  case unusableVariant(name: String, available: [String])
  /// The checkpoint's weights belong to another network.
  case otherArchitecture(path: String, problem: String)
  /// Leaders hold different weights.
  case parametersDiffer(step: Int)
  /// Something that this kind of model or data cannot do.
  case unsuitable(String)

  public var description: String {
    switch self {
    case .notFinite(let step, let loss, let norm, let checkpoint):
      "step \(step): the loss (\(loss)) or the gradient norm (\(norm)) is not finite; stopped "
        + "before the update\(checkpoint.map { ", the checkpoint of step \($0) is good" } ?? ""); "
        + "lower optimizer.learning_rate or set clip"
    case .outputNotEmpty(let path):
      "\(path): the output folder is not empty; choose another --output, or continue with --resume"
    case .outputInUse(let path, let holder):
      "\(path): another run is training into this folder\(holder.isEmpty ? "" : " (\(holder))"); "
        + "wait for its end, or choose another --output"
    case .noWholeCheckpoint(let path, let reasons):
      "\(path): cannot resume, none of its checkpoints is whole: "
        + reasons.joined(separator: "; ") + "; restore one, or start in another folder"
    case .unusableVariant(let name, let available):
      "UNFOLD_ISA=\(name): not a kernel variant of this machine; it has "
        + available.joined(separator: ", ")
    case .otherArchitecture(let path, let problem):
      "\(path): the checkpoint is of another architecture: \(problem)"
    case .parametersDiffer(let step):
      "step \(step): the nodes' weights are no longer the same; is their memory sound, and is it "
        + "the same build everywhere?"
    case .tooLarge(let message), .unsuitable(let message):
      message
    }
  }
}
