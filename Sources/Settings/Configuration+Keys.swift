import Files

extension Configuration {
  /// The values that a document gives, by full key path; null values count as not given.
  ///
  /// - Throws: `ConfigurationError` at the first unknown key, or section that is not a mapping.
  static func collect(
    _ root: ConfigurationNode, isSaved: Bool
  ) throws(ConfigurationError) -> [String: ConfigurationNode] {
    var given: [String: ConfigurationNode] = [:]
    try collect(root, path: "", into: &given)
    for (key, reason) in retiredKeys {
      guard let node = given.removeValue(forKey: key), !isSaved else { continue }
      throw ConfigurationError(origin: "\(node.origin)", key: key, problem: reason)
    }
    return given
  }

  /// Keys that an earlier version had, and what to do about them.
  private static let retiredKeys = [
    "parallel.reduction": "is gone: sums are the same on any number of ranks now; remove it"
  ]

  private static func collect(
    _ node: ConfigurationNode, path: String, into given: inout [String: ConfigurationNode]
  ) throws(ConfigurationError) {
    switch node.content {
    case .null: return
    case .mapping(let entries):
      for entry in entries { try collect(entry, below: path, into: &given) }
    case .scalar, .list:
      guard case .scalar = node.content, let key = shorthands[path] else {
        throw ConfigurationError(
          origin: "\(node.origin)", key: path.isEmpty ? nil : path,
          problem: "expected a mapping of keys to values, got \(node.summary)")
      }
      given["\(path).\(key)"] = node
    }
  }

  private static func collect(
    _ entry: ConfigurationNode.Entry, below path: String,
    into given: inout [String: ConfigurationNode]
  ) throws(ConfigurationError) {
    let full = path.isEmpty ? entry.key : "\(path).\(entry.key)"
    if sections.contains(full) {
      try collect(entry.value, path: full, into: &given)
    } else if fieldsByPath[full] != nil || retiredKeys[full] != nil {
      if case .null = entry.value.content { return }
      given[full] = entry.value
    } else {
      throw ConfigurationError(
        origin: "\(entry.origin)", key: full.abbreviated,
        problem: "unknown key; did you mean \(nearestKey(to: entry.key, below: path))?")
    }
  }

  /// The valid key path nearest to an unknown `key` of the section `path`: one of the same section,
  /// or one of that name elsewhere if it is nearer still.
  static func nearestKey(to key: String, below path: String) -> String {
    let prefix = path.isEmpty ? "" : path + "."
    var best = (path: "data.kind", distance: Int.max)
    for candidate in fields.map(\.path) + sections.sorted() {
      let name = candidate.split(separator: ".").last.map(String.init) ?? candidate
      let isSibling = candidate == prefix + name
      let distance = 2 * editDistance(name, key) + (isSibling ? 0 : 3)
      if distance < best.distance { best = (candidate, distance) }
    }
    return best.path
  }
}
