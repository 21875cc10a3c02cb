extension Configuration {
  /// How the learning rate changes. May change on resume.
  public struct Schedule: Sendable, Equatable {
    /// The shape of the change.
    public enum Kind: String, Sendable, CaseIterable, ConfigurationValue {
      /// None.
      case constant
      /// × factor per `every` epochs, once `after` epochs are done.
      case step
      /// Linear warm-up, then half a cosine down to `minimum`.
      case cosine
      /// × factor whenever validation has stopped to improve.
      case plateau
    }

    /// The shape of the change.
    public var kind: Kind
    /// Step: the epochs at the full rate.
    public var after: Int
    /// Step, plateau: what the rate is multiplied by.
    public var factor: Double
    /// Step: epochs from one decay to the next.
    public var every: Int
    /// Cosine: the steps of linear warm-up.
    public var warmupSteps: Int
    /// Cosine, plateau: the lowest learning rate.
    public var minimum: Double
    /// Cosine: where the minimum is reached; `nil` is the end of the run.
    public var totalSteps: Int?
    /// Plateau: validations without improvement that are borne.
    public var patience: Int
    /// Plateau: the relative improvement that counts as one.
    public var threshold: Double

    /// Creates the section; `kind` decides which of the others are used.
    public init(
      kind: Kind = .constant, after: Int = 1, factor: Double = 0.1, every: Int = 1,
      warmupSteps: Int = 0, minimum: Double = 0, totalSteps: Int? = nil, patience: Int = 10,
      threshold: Double = 1e-4
    ) {
      self.kind = kind
      self.after = after
      self.factor = factor
      self.every = every
      self.warmupSteps = warmupSteps
      self.minimum = minimum
      self.totalSteps = totalSteps
      self.patience = patience
      self.threshold = threshold
    }
  }
}

extension Configuration.Schedule {
  /// The keys of this section.
  static let fields: [ConfigurationField] = [
    .init("schedule.kind", \.schedule.kind, meaning: "how the learning rate changes"),
    .init(
      "schedule.after", \.schedule.after, .count(from: 0), usage: .schedules([.step]),
      meaning: "epochs at the full rate before the first decay"),
    .init(
      "schedule.factor", \.schedule.factor, .unitInterval, usage: .schedules([.step, .plateau]),
      meaning: "what the rate is multiplied by"),
    .init(
      "schedule.every", \.schedule.every, .count(), usage: .schedules([.step]),
      meaning: "epochs from one decay to the next"),
    .init(
      "schedule.warmup_steps", \.schedule.warmupSteps, .steps(from: 0),
      usage: .schedules([.cosine]), meaning: "steps of linear warm-up"),
    .init(
      "schedule.minimum", \.schedule.minimum, .nonNegative,
      usage: .schedules([.cosine, .plateau]), meaning: "the lowest learning rate"),
    .init(
      "schedule.total_steps", \.schedule.totalSteps, .steps(), default: "the run's steps",
      usage: .schedules([.cosine]), meaning: "the step at which the minimum is reached"),
    .init(
      "schedule.patience", \.schedule.patience, .steps(from: 0), usage: .schedules([.plateau]),
      meaning: "validations without improvement before a decay"),
    .init(
      "schedule.threshold", \.schedule.threshold, .nonNegative, usage: .schedules([.plateau]),
      meaning: "relative improvement that counts as one"),
  ]
}
