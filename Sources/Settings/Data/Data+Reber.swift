extension Configuration.Data {
  /// The embedded Reber grammar.
  public struct Reber: Sendable, Equatable {
    /// The number of strings.
    public var samples: Samples

    /// So many strings.
    public init(samples: Samples) { self.samples = samples }
  }
}

extension Configuration.Data.Reber: GeneratedSection {
  static let isContinuous = false
  static let hasSymbolInputs: Bool? = true
  var data: Configuration.Data { .reber(self) }

  func contradictions(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction] {
    [missingSamples(kind)]
  }
}
