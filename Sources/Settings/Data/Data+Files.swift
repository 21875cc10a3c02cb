extension Configuration.Data {
  /// The files that data come from, and what is held out of them.
  public struct Files: Sendable, Equatable {
    /// The training files; absolute paths once read from a file. May change on resume.
    public var train: FileSet
    /// The validation files; `nil` holds out ``validationFraction`` of the training files. One path
    /// may change to another on resume.
    public var validation: FileSet?
    /// The part of the training files that is held out, at their end unless a series says otherwise,
    /// if there is no validation file.
    public var validationFraction: Double
    /// The files that are kept for the end: neither trained nor validated on. May change on resume.
    public var test: FileSet?
    /// The folder of caches; `nil` is the user's cache folder. May change on resume.
    public var cache: String?

    /// Files; a path must be given.
    init() { self.init(train: FileSet("")) }

    /// Files by their paths, one each.
    public init(
      train: String, validation: String? = nil, validationFraction: Double = 0.1,
      cache: String? = nil
    ) {
      self.init(
        train: FileSet(train), validation: validation.map { FileSet($0) },
        validationFraction: validationFraction, cache: cache)
    }

    /// Files by their paths, one or several each.
    public init(
      train: FileSet, validation: FileSet? = nil, validationFraction: Double = 0.1,
      test: FileSet? = nil, cache: String? = nil
    ) {
      self.train = train
      self.validation = validation
      self.validationFraction = validationFraction
      self.test = test
      self.cache = cache
    }
  }

  /// The files' keys.
  static let fileFields: [ConfigurationField] = [
    .init(
      "data.train", \.data.files, \.train, default: "must be given", usage: .files,
      meaning: "the training file; series: also several, a folder, a pattern, or a pair"),
    .init(
      "data.validation", \.data.files, \.validation, .paths, usage: .files,
      meaning: "the same of the validation part; takes the place of `validation_fraction`"),
    .init(
      "data.validation_fraction", \.data.files, \.validationFraction, .fraction,
      default: Files().validationFraction.yaml, usage: .files,
      meaning: "part of the training file held out at its end (series: see `hold_out`); 0 holds "
        + "out nothing"),
    .init(
      "data.test", \.data.files, \.test, .paths, usage: .files,
      meaning: "the same of a part that is kept for the end"),
  ]

  /// Last of all keys of data.
  static let cacheField = ConfigurationField(
    "data.cache", \.data.files, \.cache, default: "the user's cache folder", usage: .files,
    meaning: "folder where what is made from files, to be mapped, is kept")
}

extension FileSection {
  /// The fault of files that are not named.
  func missingFile(_ kind: Configuration.Data.Kind) -> Configuration.Contradiction {
    .init(
      key: "data.train", isPresent: files.train.isMissing,
      problem: "is missing; data.kind \(kind.rawValue) needs the path of a training file")
  }

  /// The faults of sets of files where one file alone will do.
  func severalFiles(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction] {
    files.byKey.map { key, files in
      .init(
        key: key, isPresent: files.paths.count > 1 || files.isPair,
        problem: "takes one path with data.kind \(kind.rawValue), got \(files.yaml.abbreviated)")
    }
  }
}

extension Configuration.Data.Files {
  /// The sets that are given, by their keys.
  var byKey: [(key: String, files: Configuration.Data.FileSet)] {
    let sets: [(String, Configuration.Data.FileSet?)] = [
      ("data.train", train), ("data.validation", validation), ("data.test", test),
    ]
    return sets.compactMap { key, files in files.map { (key: key, files: $0) } }
  }
}
