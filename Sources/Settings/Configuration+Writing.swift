extension Configuration {
  /// The whole configuration as YAML: every key that is used, in the fields' order, absent values
  /// as `null`. Reading it gives an equal configuration, wherever it is read.
  public var yaml: String {
    var text = ""
    var open: [String] = []
    for field in Self.fields where field.usage.holds(self) {
      let parts = field.path.split(separator: ".").map(String.init)
      let sections = parts.dropLast()
      let shared = zip(open, sections).prefix { $0 == $1 }.count
      for depth in shared..<sections.count {
        text += Self.indentation(depth) + sections[depth] + ":\n"
      }
      open = Array(sections)
      text += Self.indentation(sections.count) + parts[sections.count] + ": "
      text += (field.yaml(self) ?? "null") + "\n"
    }
    return text
  }

  private static func indentation(_ depth: Int) -> String {
    String(repeating: "  ", count: depth)
  }
}

extension Configuration {
  /// Every key that is used and has a value, with that as YAML, in the fields' order.
  package var values: [(key: String, yaml: String)] {
    Self.fields.filter { $0.usage.holds(self) }.compactMap { field in
      field.yaml(self).map { (field.path, $0) }
    }
  }

  /// A key whose value differs between two configurations.
  public struct Change: Sendable, Equatable {
    /// The full key path.
    public let key: String
    /// The earlier value as YAML; `null` if it had none.
    public let old: String
    /// The later value as YAML; `null` if it has none.
    public let new: String
  }

  /// The keys whose values differ from those of `other`, with both values, in the fields' order.
  public func changes(from other: Configuration) -> [Change] {
    Self.fields.compactMap { field in
      let old = field.usage.holds(other) ? field.yaml(other) : nil
      let new = field.usage.holds(self) ? field.yaml(self) : nil
      guard old != new else { return nil }
      return Change(key: field.path, old: old ?? "null", new: new ?? "null")
    }
  }

  /// The full key paths whose values differ from those of `other`, in the fields' order.
  public func changedKeys(from other: Configuration) -> [String] {
    changes(from: other).map(\.key)
  }
}
