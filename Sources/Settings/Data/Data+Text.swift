extension Configuration.Data {
  /// Continuous text.
  public struct Text: Sendable, Equatable {
    /// What a symbol of a text is.
    public enum Unit: String, Sendable, CaseIterable, ConfigurationValue {
      case byte
      case character
      case word
    }

    /// Where it stands.
    public var files: Files
    /// What a symbol is.
    public var unit: Unit
    /// Characters: the symbol, a character or a word, that stands for those which the training text
    /// lacks; `nil` refuses them.
    public var unknown: String?

    /// A text in files.
    public init(files: Files, unit: Unit = .character, unknown: String? = nil) {
      self.files = files
      self.unit = unit
      self.unknown = unknown
    }

    /// A text in one file, the last tenth held out.
    public init(train: String) { self.init(files: Files(train: train)) }
  }

  /// The text, if the data are one.
  package var text: Text? {
    get { section as? Text }
    set { if let newValue { self = .text(newValue) } }
  }

  /// Whether symbols are words.
  package var isOfWords: Bool { text?.unit == .word }

  /// A text's keys.
  static let textFields: [ConfigurationField] = [
    .init(
      "data.unit", \.data.text, \.unit, default: Text(files: Files()).unit.yaml,
      usage: .data([.text]), meaning: "what a symbol of a text is"),
    .init(
      "data.unknown", \.data.text, \.unknown, usage: .data([.text]),
      meaning: "symbol that stands for characters that the training text lacks; without it they "
        + "are refused"),
  ]
}

extension Configuration.Data.Text: FileSection {
  static let isContinuous = true
  static let hasSymbolInputs: Bool? = true
  var data: Configuration.Data { .text(self) }

  func contradictions(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction] {
    [missingFile(kind)] + severalFiles(kind) + unknownContradictions
  }

  private var unknownContradictions: [Configuration.Contradiction] {
    [
      .init(
        key: "data.unknown", isPresent: unknown != nil && unit == .byte,
        problem: "has no use with data.unit byte, where every byte is known; remove it"),
      .init(
        key: "data.unknown", isPresent: unknown != nil && unit == .word,
        problem: "has no use with data.unit word, where <unk> stands for unknown words; remove it"),
      .init(
        key: "data.unknown", isPresent: unknown == "",
        problem: "must not be empty; give a character or a word, such as \"?\" or \"<unk>\""),
    ]
  }
}
