extension Configuration {
  /// The limit on the global gradient, applied before the optimizer.
  public enum Clip: Sendable, Equatable {
    /// Scales the gradient down to this Euclidean norm.
    case norm(Double)
    /// Limits every component to ±this value.
    case value(Double)
  }

  fileprivate var clipNorm: Double? {
    get {
      if case .norm(let limit) = clip { limit } else { nil }
    }
    set { if let newValue { clip = .norm(newValue) } }
  }

  fileprivate var clipValue: Double? {
    get {
      if case .value(let limit) = clip { limit } else { nil }
    }
    set { if let newValue { clip = .value(newValue) } }
  }
}

extension Configuration.Clip {
  /// The keys of this section, of which a file gives one at most.
  static let fields: [ConfigurationField] = [
    .init(
      "clip.norm", \.clipNorm, .positive, default: "no limit",
      meaning: "limit of the global gradient's Euclidean norm"),
    .init(
      "clip.value", \.clipValue, .positive, default: "no limit",
      meaning: "limit of every gradient component's magnitude; excludes `norm`"),
  ]
}
