extension Configuration {
  /// What is learnt from: a file, or a built-in generator that needs none.
  public enum Data: Sendable, Equatable {
    /// Continuous text, next-symbol prediction.
    case text(Text)
    /// Sequences of rows of numbers in files: some columns from others, or the next row.
    case series(Series)
    /// A set of sequences in a JSON Lines file.
    case sequences(Sequences)
    /// The embedded Reber grammar.
    case reber(Reber)
    /// The Mackey–Glass delay differential equation.
    case mackeyGlass(MackeyGlass)
    /// The adding problem.
    case adding(Adding)
    /// The copying problem.
    case copying(Copying)
    /// Uniformly random symbols: nothing to learn, for benchmarks.
    case random(RandomSymbols)
    /// Uniformly random vectors and values: nothing to learn, for benchmarks.
    case randomValues(RandomValues)

    /// The kinds by their names in a file.
    public enum Kind: String, Sendable, CaseIterable, ConfigurationValue {
      case text
      case series
      case sequences
      case reber
      case mackeyGlass = "mackey-glass"
      case adding
      case copying
      case random
      case randomValues = "random-values"
    }

    /// Data of a kind, with what has no default still to be given.
    init(_ kind: Kind) {
      switch kind {
      case .text: self = .text(Text(files: Files()))
      case .series: self = .series(Series(files: Files()))
      case .sequences: self = .sequences(Sequences(files: Files()))
      case .reber: self = .reber(Reber(samples: Samples()))
      case .mackeyGlass: self = .mackeyGlass(MackeyGlass(samples: Samples()))
      case .adding: self = .adding(Adding(samples: Samples()))
      case .copying: self = .copying(Copying(samples: Samples()))
      case .random: self = .random(RandomSymbols(samples: Samples()))
      case .randomValues: self = .randomValues(RandomValues(samples: Samples()))
      }
    }

    /// The kind of data. Another one starts with its own defaults.
    public var kind: Kind {
      get {
        switch self {
        case .text: .text
        case .series: .series
        case .sequences: .sequences
        case .reber: .reber
        case .mackeyGlass: .mackeyGlass
        case .adding: .adding
        case .copying: .copying
        case .random: .random
        case .randomValues: .randomValues
        }
      }
      set { if newValue != kind { self = Data(newValue) } }
    }

    /// What is particular to the kind.
    var section: any DataSection {
      switch self {
      case .text(let section): section
      case .series(let section): section
      case .sequences(let section): section
      case .reber(let section): section
      case .mackeyGlass(let section): section
      case .adding(let section): section
      case .copying(let section): section
      case .random(let section): section
      case .randomValues(let section): section
      }
    }
  }
}

/// What a configuration says of one kind of data, and what follows from the kind.
protocol DataSection: Sendable, Equatable {
  /// The data that this is the section of.
  var data: Configuration.Data { get }
  /// Where the data are one continuous whole rather than a set of sequences.
  static var isContinuous: Bool { get }
  /// Whether inputs are symbols; `nil` when only the file tells.
  static var hasSymbolInputs: Bool? { get }
  /// Whether these data are one continuous whole, so that no sequence of them has an end.
  var isOneWhole: Bool { get }
  /// Whether the next values are predicted, so that there is a forecast to write.
  var isForecast: Bool { get }
  /// What is wrong with the section as a whole.
  func contradictions(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction]
}

extension DataSection {
  var isOneWhole: Bool { Self.isContinuous }
  var isForecast: Bool { false }
}

/// Data that come from files.
protocol FileSection: DataSection {
  var files: Configuration.Data.Files { get set }
}

/// Data that a generator makes.
protocol GeneratedSection: DataSection {
  var samples: Configuration.Data.Samples { get set }
}

extension Configuration.Data.Kind {
  private var section: any DataSection.Type { type(of: Configuration.Data(self).section) }

  /// Whether the data are generated, so that no file is needed.
  package var isGenerated: Bool { section is any GeneratedSection.Type }

  /// Whether inputs are symbols; `nil` when only the file tells (sequences).
  package var hasSymbolInputs: Bool? { section.hasSymbolInputs }

  /// The loss that is taken when the configuration names none.
  package var defaultLoss: Configuration.Loss {
    hasSymbolInputs == false ? .meanSquaredError : .crossEntropy
  }
}

extension Configuration.Data {
  /// The files, if the data come from files.
  package var files: Files? {
    get { (section as? any FileSection)?.files }
    set {
      guard let newValue, var section = section as? any FileSection else { return }
      section.files = newValue
      self = section.data
    }
  }

  /// How much is made, if the data are generated.
  package var samples: Samples? {
    get { (section as? any GeneratedSection)?.samples }
    set {
      guard let newValue, var section = section as? any GeneratedSection else { return }
      section.samples = newValue
      self = section.data
    }
  }

  /// Whether anything is held out to validate on.
  var hasValidation: Bool {
    if series?.validationSequences != nil { return true }
    return files.map { $0.validation != nil || $0.validationFraction > 0 }
      ?? (samples?.validation != nil)
  }

  /// Whether the next values are predicted, so that there is a forecast to write.
  var isForecast: Bool { section.isForecast }

  /// The number of values to predict at each time step, where the configuration alone tells.
  var namedTargets: Int? {
    switch self {
    case .series(let series): series.targets?.count
    case .randomValues(let values): values.outputWidth
    case .mackeyGlass: 1
    case .text, .sequences, .reber, .adding, .copying, .random: nil
    }
  }
}

extension Configuration.Data {
  /// The keys of this section.
  static let fields: [ConfigurationField] =
    [.init("data.kind", \.data.kind, isRequired: true, meaning: "what is learnt from")]
    + fileFields + readFields + sampleFields + generatorFields + [cacheField]

  private static let readFields = Series.fields + textFields

  private static let generatorFields =
    [lengthField] + randomFields + randomValuesFields + mackeyGlassFields
}
