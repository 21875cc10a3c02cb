extension Configuration.Data {
  /// A set of sequences in a JSON Lines file.
  public struct Sequences: Sendable, Equatable {
    /// Where they stand.
    public var files: Files

    /// Sequences in files.
    public init(files: Files) { self.files = files }

    /// Sequences in one file, the last tenth held out.
    public init(train: String) { self.init(files: Files(train: train)) }
  }
}

extension Configuration.Data.Sequences: FileSection {
  static let isContinuous = false
  static let hasSymbolInputs: Bool? = nil
  var data: Configuration.Data { .sequences(self) }

  func contradictions(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction] {
    [missingFile(kind)] + severalFiles(kind)
  }
}
