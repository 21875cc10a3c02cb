/// What one update did; a line of `metrics.jsonl`.
public struct StepRecord: Sendable, Equatable {
  /// The number of updates made, this one included.
  public var step: Int
  /// The epoch, counted from 1.
  public var epoch: Int
  /// The mean loss of the window.
  public var loss: Double
  /// The norm of the mean gradient before clipping.
  public var gradientNorm: Double
  /// The rate that the update used.
  public var learningRate: Double
  /// Counted time steps of all ranks in the window.
  public var tokens: Double
  /// Where the time went.
  public var times: StepTimes
  /// Seconds of training since the update before: this step's, and those of windows without a counted
  /// time step.
  public var seconds: Double
  /// The mean loss of the epoch that this step ended.
  public var epochLoss: Double?
  /// The SHA-256 of all parameters after the update, on rank 0 of a run that asks for it.
  public var parametersHash: String?
  /// How much of the run is done, 0 to 1.
  public var fractionDone = 0.0
  /// The validation after this step, if there was one.
  public var validation: EvaluationResult?

  /// A record without a validation.
  public init(
    step: Int, epoch: Int, loss: Double, gradientNorm: Double, learningRate: Double,
    tokens: Double, times: StepTimes
  ) {
    self.step = step
    self.epoch = epoch
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.learningRate = learningRate
    self.tokens = tokens
    self.times = times
    seconds = times.total
  }

  /// Counted time steps of all ranks per second of training.
  public var tokensPerSecond: Double { tokens / max(seconds, 1e-9) }
}
