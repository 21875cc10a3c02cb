import Files

/// A part of a YAML document together with where it stands, so that errors can name the place.
struct ConfigurationNode: Sendable {
  /// What a node may be.
  enum Content: Sendable {
    case null
    case scalar(ConfigurationScalar)
    case list([ConfigurationNode])
    case mapping([Entry])
  }

  /// One key of a mapping with its value.
  struct Entry: Sendable {
    let key: String
    /// Where the key stands.
    let origin: Origin
    var value: ConfigurationNode
  }

  /// Where something stands.
  enum Origin: Sendable {
    case file(path: String, line: Int, column: Int)
    case override(String)
    case argument(String)
  }

  let origin: Origin
  var content: Content

  /// What the node is, for `expected …, got …`.
  var summary: String {
    switch content {
    case .null: "nothing"
    case .scalar(let scalar) where scalar.isQuoted: "the text \"\(scalar.text.abbreviated)\""
    case .scalar(let scalar): scalar.text.abbreviated
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }

  /// The error of a node that is something else than what `key` takes.
  func mismatch(key: String, expectation: String, choices: [String] = []) -> ConfigurationError {
    var problem = "expected \(expectation), got \(summary)"
    if case .scalar(let scalar) = content, let word = choices.nearest(to: scalar.text) {
      problem += "; did you mean \(word)?"
    }
    return ConfigurationError(origin: "\(origin)", key: key, problem: problem)
  }
}

extension ConfigurationNode.Origin: CustomStringConvertible {
  var description: String {
    switch self {
    case .file(let path, let line, let column): "\(path):\(line):\(column)"
    case .override(let text): "--set \(text.abbreviated)"
    case .argument(let text): text.abbreviated
    }
  }
}

extension String {
  /// The text cut to a length that fits into a message. Scalars are counted: what looks like one
  /// character may be of any number of them.
  var abbreviated: String {
    guard unicodeScalars.count > 60 else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.prefix(57))) + "…"
  }
}
