extension Configuration {
  /// What is kept on disk. May change on resume.
  public struct Checkpoint: Sendable, Equatable {
    /// Steps between checkpoints; `nil` writes one at each epoch's end. The run's end always does.
    public var every: Int?
    /// How many of the newest are kept.
    public var keep: Int
    /// Whether the one with the lowest validation loss is kept beside the newest.
    public var best: Bool

    /// Creates the section.
    public init(every: Int? = nil, keep: Int = 3, best: Bool = true) {
      self.every = every
      self.keep = keep
      self.best = best
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
      "checkpoint.keep", \.checkpoint.keep, .steps(), meaning: "how many of the newest are kept"
    ),
    .init(
      "checkpoint.best", \.checkpoint.best,
      meaning: "keep the one with the lowest validation loss as `checkpoints/best`"),
  ]
}
