/// What stops a run on all ranks alike, so that rank 0 can speak for them.
public enum TrainingError: Error, CustomStringConvertible, Sendable {
  /// The loss or the gradient became infinite or not a number; the update was not made.
  case notFinite(step: Int, loss: Double, gradientNorm: Double)
  /// The output folder holds something, and the run is not to be resumed.
  case outputNotEmpty(path: String)
  /// A path that cannot be written.
  case unwritable(path: String, problem: String)
  /// UNFOLD_ISA names no variant, or one that this machine lacks.
  case unusableVariant(name: String, available: [String])
  /// The checkpoint's weights belong to another network.
  case otherArchitecture(path: String, problem: String)
  /// Leaders hold different weights.
  case parametersDiffer(step: Int)
  /// Something that this kind of model or data cannot do.
  case unsuitable(String)

  /// Whether every rank throws it at the same point, so that rank 0 can speak and all end in order.
  /// A path that cannot be written is the trouble of the one rank that writes.
  package var isSharedByAllRanks: Bool {
    if case .unwritable = self { false } else { true }
  }

  public var description: String {
    switch self {
    case .notFinite(let step, let loss, let norm):
      "step \(step): the loss (\(loss)) or the gradient norm (\(norm)) is not finite; stopped "
        + "before the update, the last checkpoint is good; lower optimizer.learning_rate or set clip"
    case .outputNotEmpty(let path):
      "\(path): the output folder is not empty; choose another --output, or continue with --resume"
    case .unwritable(let path, let problem):
      "\(path): \(problem)"
    case .unusableVariant(let name, let available):
      "UNFOLD_ISA=\(name): not a kernel variant of this machine; it has "
        + available.joined(separator: ", ")
    case .otherArchitecture(let path, let problem):
      "\(path): the checkpoint is of another architecture: \(problem)"
    case .parametersDiffer(let step):
      "step \(step): the nodes' weights are no longer the same; is their memory sound, and is it "
        + "the same build everywhere?"
    case .unsuitable(let message):
      message
    }
  }
}
