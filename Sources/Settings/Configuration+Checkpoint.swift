extension Configuration {
  /// What is kept on disk. May change on resume.
  public struct Checkpoint: Sendable, Equatable {
    /// What a checkpoint, or a line of metrics, that cannot be written does to the run.
    public enum Failure: String, Sendable, CaseIterable, ConfigurationValue {
      /// A warning; training goes on with the earlier checkpoints, and lines are tried again.
      case goOn = "continue"
      /// The run ends.
      case stop
    }

    /// Steps between checkpoints; `nil` writes one at each epoch's end. The run's end always does.
    public var every: Int?
    /// Minutes between checkpoints, where those of ``every`` do not come sooner; `nil` does not go by
    /// the clock.
    public var everyMinutes: Double?
    /// How many of the newest are kept.
    public var keep: Int
    /// Whether the one that is best on the validation part, by `training.monitor`, is kept beside
    /// the newest.
    public var best: Bool
    /// What one that cannot be written does to the run. That of the run's end always fails it.
    public var onFailure: Failure

    /// Creates the section.
    public init(
      every: Int? = nil, everyMinutes: Double? = nil, keep: Int = 3, best: Bool = true,
      onFailure: Failure = .goOn
    ) {
      self.every = every
      self.everyMinutes = everyMinutes
      self.keep = keep
      self.best = best
      self.onFailure = onFailure
    }
  }
}

extension Configuration.Checkpoint {
  /// The keys of this section.
  static let fields: [ConfigurationField] = [
    .init(
      "checkpoint.every", \.checkpoint.every, .steps(), default: "each epoch's end",
      meaning: "steps between checkpoints; the run's end always writes one"),
    .init(
      "checkpoint.every_minutes", \.checkpoint.everyMinutes, .positive, default: "no clock",
      meaning: "minutes between checkpoints, where `every` does not come sooner"),
    .init(
      "checkpoint.keep", \.checkpoint.keep, .steps(), meaning: "how many of the newest are kept"
    ),
    .init(
      "checkpoint.best", \.checkpoint.best,
      meaning: "keep the one that is best by `training.monitor` as `checkpoints/best`"),
    .init(
      "checkpoint.on_failure", \.checkpoint.onFailure,
      meaning: "what a checkpoint, or a line of metrics, that cannot be written does to the run; "
        + "what is missing at its end fails it"),
  ]
}
