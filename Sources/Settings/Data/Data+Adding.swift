extension Configuration.Data {
  /// The adding problem.
  public struct Adding: Sendable, Equatable {
    /// The number of sequences.
    public var samples: Samples
    /// Their length in time steps.
    public var length: Int

    /// Sequences of this length.
    public init(samples: Samples, length: Int = 100) {
      self.samples = samples
      self.length = length
    }
  }
}

extension Configuration.Data.Adding: GeneratedSection {
  static let isContinuous = false
  static let hasSymbolInputs: Bool? = false
  var data: Configuration.Data { .adding(self) }

  func contradictions(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction] {
    [
      missingSamples(kind),
      .init(
        key: "data.length", isPresent: length < 2,
        problem: "must be at least 2, for two numbers to add; got \(length)"),
    ]
  }
}
