extension Configuration {
  /// What is learnt from: a file, or a built-in generator that needs none.
  public struct Data: Sendable, Equatable {
    /// The kind of data.
    public enum Kind: String, Sendable, CaseIterable, ConfigurationValue {
      /// Continuous text, next-symbol prediction.
      case text
      /// One multivariate series in a CSV file, next-value prediction.
      case series
      /// A set of sequences in a JSON Lines file.
      case sequences
      /// The embedded Reber grammar.
      case reber
      /// The Mackey–Glass delay differential equation.
      case mackeyGlass = "mackey-glass"
      /// The adding problem.
      case adding
      /// The copying problem.
      case copying
      /// Uniformly random symbols: nothing to learn, for benchmarks.
      case random
    }

    /// What a symbol of a text is.
    public enum Unit: String, Sendable, CaseIterable, ConfigurationValue {
      case byte
      case character
      case word
    }

    /// The kind of data.
    public var kind: Kind
    /// The training file; an absolute path once read from a file. The path may change on resume.
    public var train: String?
    /// The validation file; `nil` holds out ``validationFraction`` of the training file. One path
    /// may change to another on resume.
    public var validation: String?
    /// The part of the training file that is held out at its end, if there is no validation file.
    public var validationFraction: Double
    /// What a symbol of a text is.
    public var unit: Unit
    /// Characters: the symbol, a character or a word, that stands for those which the training text
    /// lacks; `nil` refuses them.
    public var unknown: String?
    /// Generators: sequences (Mackey–Glass: time steps) per epoch.
    public var samples: Int?
    /// Generators: sequences (Mackey–Glass: time steps) of the validation part.
    public var validationSamples: Int?
    /// Adding: the sequence length; copying: the delay; in time steps.
    public var length: Int
    /// Random: the number of different symbols.
    public var symbols: Int
    /// Mackey–Glass: the delay τ.
    public var tau: Int
    /// The folder of token caches; `nil` is the user's cache folder. May change on resume.
    public var cache: String?

    /// Creates the section; `kind` decides which of the others are used.
    public init(
      kind: Kind = .text, train: String? = nil, validation: String? = nil,
      validationFraction: Double = 0.1, unit: Unit = .character, unknown: String? = nil,
      samples: Int? = nil, validationSamples: Int? = nil, length: Int = 100, symbols: Int = 256,
      tau: Int = 17, cache: String? = nil
    ) {
      self.kind = kind
      self.train = train
      self.validation = validation
      self.validationFraction = validationFraction
      self.unit = unit
      self.unknown = unknown
      self.samples = samples
      self.validationSamples =
        validationSamples ?? (kind.isGenerated ? samples.map { max(1, $0 / 10) } : nil)
      self.length = length
      self.symbols = symbols
      self.tau = tau
      self.cache = cache
    }
  }
}

extension Configuration.Data.Kind {
  /// Whether the data is generated, so that no file is needed.
  public var isGenerated: Bool {
    switch self {
    case .reber, .mackeyGlass, .adding, .copying, .random: true
    case .text, .series, .sequences: false
    }
  }

  /// Whether the data is one continuous whole rather than a set of sequences.
  public var isContinuous: Bool {
    switch self {
    case .text, .series, .mackeyGlass, .random: true
    case .sequences, .reber, .adding, .copying: false
    }
  }

  /// Whether inputs are symbols; `nil` when only the file tells (sequences).
  public var hasSymbolInputs: Bool? {
    switch self {
    case .text, .reber, .copying, .random: true
    case .series, .mackeyGlass, .adding: false
    case .sequences: nil
    }
  }

  /// The loss that is taken when the configuration names none.
  public var defaultLoss: Configuration.Loss {
    hasSymbolInputs == false ? .meanSquaredError : .crossEntropy
  }
}

extension Configuration.Data {
  /// Whether anything is held out to validate on.
  var hasValidation: Bool {
    kind.isGenerated ? validationSamples != nil : validation != nil || validationFraction > 0
  }

  /// The keys of this section.
  static let fields: [ConfigurationField] = [
    .init("data.kind", \.data.kind, isRequired: true, meaning: "what is learnt from"),
    .init(
      "data.train", \.data.train, default: "must be given", usage: .files,
      meaning: "path of the training file"),
    .init(
      "data.validation", \.data.validation, usage: .files,
      meaning: "path of the validation file; takes the place of `validation_fraction`"),
    .init(
      "data.validation_fraction", \.data.validationFraction, .fraction, usage: .files,
      meaning: "part of the training file held out at its end; 0 holds out nothing"),
    .init("data.unit", \.data.unit, usage: .data([.text]), meaning: "what a symbol of a text is"),
    .init(
      "data.unknown", \.data.unknown, usage: .texts,
      meaning: "symbol that stands for characters that the training text lacks; without it they "
        + "are refused"),
    .init(
      "data.samples", \.data.samples, .count(), default: "must be given", usage: .generators,
      meaning: "sequences (mackey-glass, random: time steps) per epoch"),
    .init(
      "data.validation_samples", \.data.validationSamples, .count(),
      default: "a tenth of `samples`", usage: .generators,
      derive: { configuration in
        configuration.data.validationSamples = configuration.data.samples.map { max(1, $0 / 10) }
      },
      meaning: "sequences (mackey-glass, random: time steps) of the validation part"),
    .init(
      "data.length", \.data.length, .count(), usage: .data([.adding, .copying]),
      meaning: "adding: sequence length; copying: delay; in time steps"),
    .init(
      "data.symbols", \.data.symbols, .count(from: 2), usage: .data([.random]),
      meaning: "the number of different random symbols"),
    .init(
      "data.tau", \.data.tau, .within(1...100_000), usage: .data([.mackeyGlass]),
      meaning: "the delay τ of the equation"),
    .init(
      "data.cache", \.data.cache, default: "the user's cache folder", usage: .files,
      meaning: "folder where token ids made from text are kept"),
  ]
}
