extension Configuration {
  /// What is to be known of one key.
  public struct KeyReference: Sendable, Equatable {
    /// The full key path.
    public let key: String
    /// What the value must be.
    public let type: String
    /// The default, as YAML or in words.
    public let standard: String
    /// What the key means, and with which settings it is used.
    public let meaning: String
  }

  /// All keys, in the order in which a configuration is written.
  public static var reference: [KeyReference] {
    fields.map { field in
      let usage = field.usage.text.map { " (with \($0))" } ?? ""
      return KeyReference(
        key: field.path, type: field.expectation, standard: field.standard,
        meaning: field.meaning + usage)
    }
  }

  /// ``reference`` as a Markdown table, which the article of all keys holds and tests compare.
  public static var referenceTable: String {
    let rows = reference.map { entry in
      "| `\(entry.key)` | \(entry.type) | \(entry.standard) | \(entry.meaning) |\n"
    }
    return "| key | value | default | meaning |\n|---|---|---|---|\n" + rows.joined()
  }
}
