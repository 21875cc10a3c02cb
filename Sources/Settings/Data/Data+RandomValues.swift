extension Configuration.Data {
  /// A series of uniformly random vectors and of values that do not follow from them.
  public struct RandomValues: Sendable, Equatable {
    /// The number of time steps.
    public var samples: Samples
    /// The width of an input.
    public var inputWidth: Int
    /// The values to predict at each time step.
    public var outputWidth: Int

    /// Vectors and values of these widths.
    public init(samples: Samples, inputWidth: Int = 1, outputWidth: Int = 1) {
      self.samples = samples
      self.inputWidth = inputWidth
      self.outputWidth = outputWidth
    }
  }

  /// The values, if the data are random ones.
  var randomValues: RandomValues? {
    get { section as? RandomValues }
    set { if let newValue { self = .randomValues(newValue) } }
  }

  /// The random values' keys.
  static let randomValuesFields: [ConfigurationField] = [
    .init(
      "data.input_width", \.data.randomValues, \.inputWidth, .width(),
      default: RandomValues(samples: Samples()).inputWidth.yaml, usage: .data([.randomValues]),
      meaning: "the width of a random input"),
    .init(
      "data.output_width", \.data.randomValues, \.outputWidth, .width(),
      default: RandomValues(samples: Samples()).outputWidth.yaml, usage: .data([.randomValues]),
      meaning: "the number of random values to predict at each time step"),
  ]
}

extension Configuration.Data.RandomValues: GeneratedSection {
  static let isContinuous = true
  static let hasSymbolInputs: Bool? = false
  var data: Configuration.Data { .randomValues(self) }

  func contradictions(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction] {
    [missingSamples(kind)]
  }
}
