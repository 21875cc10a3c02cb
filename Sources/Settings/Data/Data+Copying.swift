extension Configuration.Data {
  /// The copying problem.
  public struct Copying: Sendable, Equatable {
    /// The number of sequences.
    public var samples: Samples
    /// The delay in time steps, `data.length`.
    public var delay: Int

    /// Sequences of this delay.
    public init(samples: Samples, delay: Int = 100) {
      self.samples = samples
      self.delay = delay
    }
  }

  /// What `data.length` says: an adding problem's length, a copying problem's delay.
  private var length: Int? {
    get {
      switch self {
      case .adding(let adding): adding.length
      case .copying(let copying): copying.delay
      default: nil
      }
    }
    set {
      switch (self, newValue) {
      case (.adding(var adding), let length?):
        adding.length = length
        self = .adding(adding)
      case (.copying(var copying), let length?):
        copying.delay = length
        self = .copying(copying)
      default: break
      }
    }
  }

  /// The key of a problem's length.
  static let lengthField = ConfigurationField(
    "data.length", \.data.length, .count(), default: Copying(samples: Samples()).delay.yaml,
    usage: .data([.adding, .copying]),
    meaning: "adding: sequence length; copying: delay; in time steps")
}

extension Configuration.Data.Copying: GeneratedSection {
  static let isContinuous = false
  static let hasSymbolInputs: Bool? = true
  var data: Configuration.Data { .copying(self) }

  func contradictions(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction] {
    [missingSamples(kind)]
  }
}
