import Communication

/// What stops a run on all ranks alike, so that rank 0 can speak for them.
public enum RunFailure: SharedFailure, CustomStringConvertible, Sendable {
  /// The loss or the gradient became infinite or not a number; the update was not made.
  case notFinite(step: Int, loss: Double, gradientNorm: Double, checkpoint: Int?)
  /// Leaders hold different weights.
  case parametersDiffer(step: Int)

  public var description: String {
    switch self {
    case .notFinite(let step, let loss, let norm, let checkpoint):
      "step \(step): the loss (\(loss)) or the gradient norm (\(norm)) is not finite; stopped "
        + "before the update\(checkpoint.map { ", the checkpoint of step \($0) is good" } ?? ""); "
        + "lower optimizer.learning_rate or set clip"
    case .parametersDiffer(let step):
      "step \(step): the nodes' weights are no longer the same; is their memory sound, and is it "
        + "the same build everywhere?"
    }
  }
}
