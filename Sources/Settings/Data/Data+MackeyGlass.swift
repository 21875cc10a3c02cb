extension Configuration.Data {
  /// The Mackey–Glass delay differential equation.
  public struct MackeyGlass: Sendable, Equatable {
    /// The number of time steps.
    public var samples: Samples
    /// The delay τ.
    public var tau: Int

    /// A series of this delay.
    public init(samples: Samples, tau: Int = 17) {
      self.samples = samples
      self.tau = tau
    }
  }

  /// The equation, if the data are made from it.
  var mackeyGlass: MackeyGlass? {
    get { section as? MackeyGlass }
    set { if let newValue { self = .mackeyGlass(newValue) } }
  }

  /// The equation's keys.
  static let mackeyGlassFields: [ConfigurationField] = [
    .init(
      "data.tau", \.data.mackeyGlass, \.tau, .within(1...100_000),
      default: MackeyGlass(samples: Samples()).tau.yaml, usage: .data([.mackeyGlass]),
      meaning: "the delay τ of the equation")
  ]
}

extension Configuration.Data.MackeyGlass: GeneratedSection {
  static let isContinuous = true
  static let hasSymbolInputs: Bool? = false
  var isForecast: Bool { true }
  var data: Configuration.Data { .mackeyGlass(self) }

  func contradictions(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction] {
    [missingSamples(kind)]
  }
}
