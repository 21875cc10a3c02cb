extension Configuration.Data {
  /// The files that data come from, and what is held out of them.
  public struct Files: Sendable, Equatable {
    /// The training file; an absolute path once read from a file. May change on resume.
    public var train: String
    /// The validation file; `nil` holds out ``validationFraction`` of the training file. One path
    /// may change to another on resume.
    public var validation: String?
    /// The part of the training file that is held out at its end, if there is no validation file.
    public var validationFraction: Double
    /// The folder of token caches; `nil` is the user's cache folder. May change on resume.
    public var cache: String?

    /// Files; a path must be given.
    init() { self.init(train: "") }

    /// Files by their paths.
    public init(
      train: String, validation: String? = nil, validationFraction: Double = 0.1,
      cache: String? = nil
    ) {
      self.train = train
      self.validation = validation
      self.validationFraction = validationFraction
      self.cache = cache
    }
  }

  /// The files' keys.
  static let fileFields: [ConfigurationField] = [
    .init(
      "data.train", \.data.files, \.train, default: "must be given", usage: .files,
      meaning: "path of the training file"),
    .init(
      "data.validation", \.data.files, \.validation, usage: .files,
      meaning: "path of the validation file; takes the place of `validation_fraction`"),
    .init(
      "data.validation_fraction", \.data.files, \.validationFraction, .fraction,
      default: Files().validationFraction.yaml, usage: .files,
      meaning: "part of the training file held out at its end; 0 holds out nothing"),
  ]

  /// Last of all keys of data.
  static let cacheField = ConfigurationField(
    "data.cache", \.data.files, \.cache, default: "the user's cache folder", usage: .files,
    meaning: "folder where token ids made from text are kept")
}

extension FileSection {
  /// The fault of files that are not named.
  func missingFile(_ kind: Configuration.Data.Kind) -> Configuration.Contradiction {
    .init(
      key: "data.train", isPresent: files.train.isEmpty,
      problem: "is missing; data.kind \(kind.rawValue) needs the path of a training file")
  }
}
