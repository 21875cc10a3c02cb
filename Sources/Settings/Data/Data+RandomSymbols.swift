extension Configuration.Data {
  /// Uniformly random symbols.
  public struct RandomSymbols: Sendable, Equatable {
    /// The number of time steps.
    public var samples: Samples
    /// The number of different symbols.
    public var symbols: Int

    /// Symbols of so many kinds.
    public init(samples: Samples, symbols: Int = 256) {
      self.samples = samples
      self.symbols = symbols
    }
  }

  /// The symbols, if the data are random.
  var randomSymbols: RandomSymbols? {
    get { section as? RandomSymbols }
    set { if let newValue { self = .random(newValue) } }
  }

  /// The random symbols' keys.
  static let randomFields: [ConfigurationField] = [
    .init(
      "data.symbols", \.data.randomSymbols, \.symbols, .count(from: 2),
      default: RandomSymbols(samples: Samples()).symbols.yaml, usage: .data([.random]),
      meaning: "the number of different random symbols")
  ]
}

extension Configuration.Data.RandomSymbols: GeneratedSection {
  static let isContinuous = true
  static let hasSymbolInputs: Bool? = true
  var data: Configuration.Data { .random(self) }

  func contradictions(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction] {
    [missingSamples(kind)]
  }
}
