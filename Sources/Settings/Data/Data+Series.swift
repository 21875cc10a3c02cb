extension Configuration.Data {
  /// A multivariate series in a CSV file.
  public struct Series: Sendable, Equatable {
    /// Where it stands.
    public var files: Files

    /// A series in files.
    public init(files: Files) { self.files = files }

    /// A series in one file, the last tenth held out.
    public init(train: String) { self.init(files: Files(train: train)) }
  }
}

extension Configuration.Data.Series: FileSection {
  static let isContinuous = true
  static let hasSymbolInputs: Bool? = false
  static let isForecast = true
  var data: Configuration.Data { .series(self) }

  func contradictions(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction] {
    [missingFile(kind)]
  }
}
