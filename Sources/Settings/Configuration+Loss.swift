extension Configuration {
  /// What is minimised: the mean over the counted time steps of a cost, which is a mean over outputs
  /// where values are predicted. `loss: KIND` in a file stands for `{kind: KIND}`.
  public struct Loss: Sendable, Equatable {
    /// The cost of a time step, with e the value minus the prediction.
    public enum Kind: String, Sendable, CaseIterable, ConfigurationValue {
      /// −log p of the right class, in nats.
      case crossEntropy = "cross-entropy"
      /// e².
      case meanSquaredError = "mean-squared-error"
      /// Summed over labels, in nats.
      case binaryCrossEntropy = "binary-cross-entropy"
      /// |e|.
      case meanAbsoluteError = "mean-absolute-error"
      /// e² / 2 up to |e| = δ, and δ·(|e| − δ/2) beyond.
      case huber
      /// max(q·e, (q − 1)·e), for each level q.
      case quantile
      /// −log of a normal distribution's density, whose mean and deviation are predicted.
      case gaussian
      /// e² / (σ + 0.1)², with σ the deviation of the target within its sequence.
      case nashSutcliffe = "nash-sutcliffe"
      /// Σ e² / Σ target², after pre-emphasis, and the same of the means.
      case errorToSignal = "error-to-signal"
    }

    /// The cost of a time step.
    public var kind: Kind
    /// How much each output of a model of values counts; `nil` counts all alike.
    public var weights: [Double]?
    /// Quantile: the levels, ascending, each between 0 and 1.
    public var levels: [Double]
    /// Huber: δ, the error from which on the cost is linear.
    public var delta: Double

    /// Creates the section; `kind` decides which of the others are used.
    public init(
      kind: Kind, weights: [Double]? = nil, levels: [Double] = [0.1, 0.5, 0.9], delta: Double = 1
    ) {
      self.kind = kind
      self.weights = weights
      self.levels = levels
      self.delta = delta
    }

    /// −log p of the right class.
    public static let crossEntropy = Loss(kind: .crossEntropy)
    /// The squared error.
    public static let meanSquaredError = Loss(kind: .meanSquaredError)
    /// Of labels that may hold together.
    public static let binaryCrossEntropy = Loss(kind: .binaryCrossEntropy)
  }
}

extension Configuration.Loss {
  /// The keys of this section.
  static let fields: [ConfigurationField] = [
    .init(
      "loss.kind", \.loss.kind, default: "suits the data: cross-entropy for symbols and sequences",
      derive: { $0.loss.kind = $0.data.kind.defaultLoss.kind },
      meaning: "what is minimised; `loss: KIND` for short"),
    .init(
      "loss.weights", \.loss.weights, .shares, default: "all alike",
      usage: .losses(Kind.allCases.filter { $0.targets == .values }),
      meaning: "how much each output counts"),
    .init(
      "loss.levels", \.loss.levels, .levels, usage: .losses([.quantile]),
      meaning: "the levels of the quantiles to predict"),
    .init(
      "loss.delta", \.loss.delta, .positive, usage: .losses([.huber]),
      meaning: "normalised error from which on the cost is linear"),
  ]

  /// What is wrong with the section beside the data.
  func contradictions(_ data: Configuration.Data) -> [Configuration.Contradiction] {
    let outputs = data.namedTargets
    return [
      .init(
        key: "loss.kind", isPresent: !kind.suits(data.kind),
        problem: "\(kind.rawValue) does not suit data.kind \(data.kind.rawValue); "
          + "use \(data.kind.defaultLoss.kind.rawValue)"),
      .init(
        key: "loss.weights",
        isPresent: weights != nil && outputs != nil && weights?.count != outputs,
        problem: "must be one for each value to predict, got \(weights?.count ?? 0) for "
          + "\(outputs ?? 0)"),
    ]
  }
}

extension ConfigurationField.Bound<[Double]> {
  /// Weights of a mean.
  fileprivate static let shares = Self(text: "each at least 0, not all 0") { weights in
    let sum = weights.reduce(0, +)
    return weights.allSatisfy { $0 >= 0 } && sum > 0 && sum.isFinite
  }

  /// Levels of quantiles.
  fileprivate static let levels = Self(
    text: "at least one, each greater than 0 and less than 1, ascending"
  ) { levels in
    !levels.isEmpty && levels.allSatisfy { 0 < $0 && $0 < 1 }
      && zip(levels, levels.dropFirst()).allSatisfy { $0.0 < $0.1 }
  }
}

extension Configuration.Loss {
  /// What the targets of a file must be for a loss.
  package enum Targets: String, Sendable {
    /// One class.
    case classes
    /// Values.
    case values
    /// The labels that hold.
    case labels
  }
}

extension Configuration.Loss.Kind {
  /// What it reads.
  package var targets: Configuration.Loss.Targets {
    switch self {
    case .crossEntropy: .classes
    case .binaryCrossEntropy: .labels
    case .meanSquaredError, .meanAbsoluteError, .huber, .quantile, .gaussian, .nashSutcliffe,
      .errorToSignal:
      .values
    }
  }

  /// Whether it can be computed for data of `kind`.
  fileprivate func suits(_ kind: Configuration.Data.Kind) -> Bool {
    switch kind {
    case .series: targets == .values
    // Sequences by the deviations of which errors could be scaled are a series' alone.
    case .sequences: self != .nashSutcliffe
    case .mackeyGlass, .randomValues: targets == .values && self != .nashSutcliffe
    case .text, .reber, .adding, .copying, .random: self == kind.defaultLoss.kind
    }
  }
}
