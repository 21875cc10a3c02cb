/// Where rank 0 reports a run to.
public protocol MetricsSink: AnyObject {
  /// The run is about to start or go on.
  func begin(_ outline: RunOutline)
  /// An update was made.
  func record(_ record: StepRecord) throws
  /// The run has ended; the last call.
  func end(_ summary: TrainingSummary) throws
}

/// What is known of a run before it starts.
public struct RunOutline: Sendable, Equatable {
  /// The configuration's name.
  public var name: String
  /// Epochs that the run is meant to have.
  public var epochs: Int?
  /// The numbers that are trained.
  public var parameterCount: Int
  /// Ranks and workers of each.
  public var ranks: Int
  public var workers: Int
}

/// The outcome of a run, as in `summary.json`.
public struct TrainingSummary: Sendable, Equatable, Codable {
  public var name: String
  public var steps: Int
  public var epochs: Int
  public var tokens: Double
  /// The mean training loss of the last epoch.
  public var trainLoss: Double?
  public var validationLoss: Double?
  /// The loss of the best validation, by what `training.monitor` names.
  public var bestValidationLoss: Double?
  /// The step that it followed.
  public var bestStep: Int?
  public var seconds: Double
  public var tokensPerSecond: Double
  public var ranks: Int
  public var workers: Int
  public var variant: String
  public var stoppedEarly: Bool
  /// Whether it was asked to stop before its end.
  public var interrupted: Bool
  /// The last validation in full.
  public var validation: EvaluationResult?
  /// The test data, measured once with the best checkpoint.
  public var test: EvaluationResult?
  /// The task's score in words, and whether it counts as solved.
  public var scoreName: String?
  public var solved: Bool?

  enum CodingKeys: String, CodingKey {
    case name, steps, epochs, tokens, seconds, ranks, workers, variant, validation, test, solved
    case interrupted
    case trainLoss = "train_loss"
    case validationLoss = "validation_loss"
    case bestValidationLoss = "best_validation_loss"
    case bestStep = "best_step"
    case tokensPerSecond = "tokens_per_second"
    case stoppedEarly = "stopped_early"
    case scoreName = "score_name"
  }
}
