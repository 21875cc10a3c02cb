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

  /// The sections that may change when a run is resumed; all others shape the numbers.
  public static let resumableSections: Set<String> = ["training", "checkpoint", "parallel"]

  /// Checks that a run started with `started` may be resumed with this configuration: only
  /// `training`, `checkpoint` and `parallel` may differ.
  ///
  /// - Throws: `ConfigurationError` that names every other changed key, with old and new value.
  public func checkResumable(from started: Configuration) throws(ConfigurationError) {
    let refused = changes(from: started).filter { change in
      let section = change.key.split(separator: ".").first.map(String.init) ?? change.key
      return !Self.resumableSections.contains(section)
    }
    guard let first = refused.first else { return }
    let list = refused.map { "\($0.key) (was \($0.old.abbreviated), now \($0.new.abbreviated))" }
    throw ConfigurationError(
      origin: nil, key: refused.count == 1 ? first.key : nil,
      problem: "only training, checkpoint and parallel may change on resume, but "
        + "\(list.joined(separator: ", ")) \(refused.count == 1 ? "differs" : "differ"); "
        + "restore it or start in a new folder")
  }
}
