extension Configuration {
  /// The keys `name` and `seed`.
  static let identityFields: [ConfigurationField] = [
    .init(
      "name", \.name, .folderName, default: "the file's name",
      meaning: "the experiment's name, shown in logs and summaries; a run goes to `runs/NAME`"),
    .init("seed", \.seed, meaning: "seed of everything random"),
  ]

  /// The name of a configuration file without its extension; `nil` if that cannot name a run's
  /// folder, as that of `..yaml`.
  static func name(ofFile path: String) -> String? {
    let file = path.split(separator: "/").last ?? ""
    let end = file.lastIndex(of: ".").flatMap { $0 > file.startIndex ? $0 : nil } ?? file.endIndex
    let name = String(file[..<end])
    return name.isFolderName ? name : nil
  }
}

extension ConfigurationField.Bound<String> {
  /// One folder inside another: a run goes to `runs/NAME` unless told otherwise, and a name such as
  /// `../other` must not lead elsewhere.
  static let folderName = Self(
    text: "one plain folder name of at most \(String.folderNameLimit) bytes",
    remedy: "give --output to choose another folder"
  ) { $0.isFolderName }
}

extension String {
  /// The longest name in bytes. File systems take 255; the rest is for what is put beside it, such
  /// as an extension.
  fileprivate static let folderNameLimit = 200

  /// Whether the text names one folder and nothing else, and can be shown in one line.
  fileprivate var isFolderName: Bool {
    let isPlain = unicodeScalars.allSatisfy {
      $0 != "/" && $0.properties.generalCategory != .control
    }
    return isPlain && !["", ".", ".."].contains(self) && utf8.count <= Self.folderNameLimit
  }
}
