extension Configuration.Data {
  /// How much a generator makes.
  public struct Samples: Sendable, Equatable {
    /// The number per epoch, once it is given.
    fileprivate var given: Int?
    /// Sequences (Mackey–Glass, random symbols and values: time steps) per epoch.
    public var training: Int {
      get { given ?? 0 }
      set { given = newValue }
    }
    /// Sequences (Mackey–Glass, random symbols and values: time steps) of the validation part; `nil`
    /// for none.
    public var validation: Int?

    /// A number that must be given.
    init() {
      given = nil
      validation = nil
    }

    /// So many, and a tenth of them to validate on.
    public init(_ training: Int) { self.init(training, validation: max(1, training / 10)) }

    /// So many, and so many to validate on.
    public init(_ training: Int, validation: Int?) {
      given = training
      self.validation = validation
    }
  }

  /// The generators' keys.
  static let sampleFields: [ConfigurationField] = [
    .init(
      "data.samples", \.data.samples, \.given, .count(), default: "must be given",
      usage: .generators, meaning: "\(sampleWords) per epoch"),
    .init(
      "data.validation_samples", \.data.samples, \.validation, .count(),
      default: "a tenth of `samples`", usage: .generators,
      derive: { configuration in
        let given = configuration.data.samples?.given
        configuration.data.samples?.validation = given.map { max(1, $0 / 10) }
      },
      meaning: "\(sampleWords) of the validation part"),
  ]

  private static let sampleWords = "sequences (mackey-glass, random, random-values: time steps)"
}

extension GeneratedSection {
  /// The fault of a number of samples that is not given.
  func missingSamples(_ kind: Configuration.Data.Kind) -> Configuration.Contradiction {
    .init(
      key: "data.samples", isPresent: samples.given == nil,
      problem: "is missing; data.kind \(kind.rawValue) needs the number of "
        + "\(Self.isContinuous ? "time steps" : "sequences") per epoch")
  }
}
