extension Configuration {
  /// What is minimised.
  public enum Loss: String, Sendable, CaseIterable, ConfigurationValue {
    /// −log p of the right class, in nats per counted time step.
    case crossEntropy = "cross-entropy"
    /// The mean over outputs of the squared error.
    case meanSquaredError = "mean-squared-error"
    /// Summed over labels, in nats per counted time step.
    case binaryCrossEntropy = "binary-cross-entropy"
  }
}

extension Configuration.Loss {
  /// The key `loss`.
  static let fields: [ConfigurationField] = [
    .init(
      "loss", \.loss, default: "suits the data: cross-entropy for symbols and sequences",
      derive: { $0.loss = $0.data.kind.defaultLoss },
      meaning: "what is minimised")
  ]

  /// Whether this loss can be computed for data of `kind`.
  func suits(_ kind: Configuration.Data.Kind) -> Bool {
    kind == .sequences || self == kind.defaultLoss
  }
}

extension Configuration.Loss {
  /// What the targets of a file must be for this loss.
  package enum Targets: Sendable {
    /// One class.
    case classes
    /// Values.
    case values
    /// The labels that hold.
    case labels
  }

  /// What it reads.
  package var targets: Targets {
    switch self {
    case .crossEntropy: .classes
    case .meanSquaredError: .values
    case .binaryCrossEntropy: .labels
    }
  }
}
