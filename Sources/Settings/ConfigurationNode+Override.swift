extension ConfigurationNode {
  /// Applies `key.path=value`, whose value is YAML, as if the file had it; a later one wins.
  ///
  /// Whether the key exists is checked later, with the file's own keys.
  ///
  /// - Throws: `ConfigurationError` if there is no `=`, no key, or the value is not valid YAML.
  mutating func apply(override text: String) throws(ConfigurationError) {
    guard let equals = text.firstIndex(of: "=") else {
      throw ConfigurationError(
        origin: "\(Origin.override(text))", key: nil,
        problem: "expected key.path=value, found no '='")
    }
    let path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false)
      .map { $0.trimmed }
    guard path.allSatisfy({ !$0.isEmpty }) else {
      throw ConfigurationError(
        origin: "\(Origin.override(text))", key: nil,
        problem: "expected key.path=value, found an empty key")
    }
    let value = try ConfigurationNode.parse(String(text[text.index(after: equals)...])) { _, _ in
      .override(text)
    }
    set(value, at: path[...], below: "")
  }

  /// Puts `value` at `path` below this node, whose own full key path is `prefix`.
  private mutating func set(
    _ value: ConfigurationNode, at path: ArraySlice<String>, below prefix: String
  ) {
    guard let key = path.first else {
      self = value
      return
    }
    var entries = entries(below: prefix)
    let index = entries.firstIndex { $0.key == key } ?? entries.count
    if index == entries.count {
      let empty = ConfigurationNode(origin: value.origin, content: .null)
      entries.append(Entry(key: key, origin: value.origin, value: empty))
    }
    entries[index].value.set(
      value, at: path.dropFirst(), below: prefix.isEmpty ? key : "\(prefix).\(key)")
    content = .mapping(entries)
  }

  /// The entries of a mapping; `dropout: 0.5` counts as `dropout: {between: 0.5}`.
  private func entries(below prefix: String) -> [Entry] {
    if case .mapping(let entries) = content { return entries }
    if case .scalar = content, let key = Configuration.shorthands[prefix] {
      return [Entry(key: key, origin: origin, value: self)]
    }
    return []
  }
}

extension Substring {
  /// The text without spaces at its ends.
  fileprivate var trimmed: String {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
