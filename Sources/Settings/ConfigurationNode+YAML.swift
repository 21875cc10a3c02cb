import Yams

extension ConfigurationNode {
  /// The most nodes that a document may have, aliases expanded. Aliases of aliases can stand for
  /// exponentially many nodes, which must not take the memory of a login node down.
  private static let nodeLimit = 10_000

  /// Parses one YAML document.
  ///
  /// - Parameters:
  ///   - yaml: The document.
  ///   - origin: Where a line and column of it stand.
  /// - Returns: The root, a null node for an empty document.
  /// - Throws: `ConfigurationError` for bad YAML, a key given twice or not a scalar, several
  ///   documents, or too many nodes.
  static func parse(
    _ yaml: String, origin: @escaping (_ line: Int, _ column: Int) -> Origin
  ) throws(ConfigurationError) -> ConfigurationNode {
    let root: Yams.Node?
    do {
      root = try Yams.compose(yaml: yaml, .default, .default, .utf8)
    } catch {
      throw configurationError(for: error, origin: origin)
    }
    guard let root else { return ConfigurationNode(origin: origin(1, 1), content: .null) }
    var converter = Converter(origin: origin, nodesLeft: nodeLimit)
    return try converter.convert(root, at: origin(1, 1))
  }

  /// Turns Yams' tree into ours, counting nodes.
  private struct Converter {
    let origin: (_ line: Int, _ column: Int) -> Origin
    var nodesLeft: Int

    mutating func convert(
      _ node: Yams.Node, at fallback: Origin
    ) throws(ConfigurationError) -> ConfigurationNode {
      let place = node.mark.map { origin($0.line, $0.column) } ?? fallback
      nodesLeft -= 1
      guard nodesLeft >= 0 else {
        throw ConfigurationError(
          origin: "\(place)", key: nil,
          problem: "the document has more than \(nodeLimit) nodes; a configuration has far fewer")
      }
      switch node {
      case .scalar(let scalar): return ConfigurationNode(origin: place, content: content(scalar))
      case .sequence(let sequence):
        var items: [ConfigurationNode] = []
        for item in sequence { items.append(try convert(item, at: place)) }
        return ConfigurationNode(origin: place, content: .list(items))
      case .mapping(let mapping):
        let entries = try entries(mapping, at: place)
        return ConfigurationNode(origin: place, content: .mapping(entries))
      case .alias:
        throw ConfigurationError(origin: "\(place)", key: nil, problem: "unresolved alias")
      }
    }

    private func content(_ scalar: Yams.Node.Scalar) -> Content {
      let isQuoted = scalar.style != .plain && scalar.style != .any
      if !isQuoted && ["", "~", "null", "Null", "NULL"].contains(scalar.string) { return .null }
      return .scalar(ConfigurationScalar(text: scalar.string, isQuoted: isQuoted))
    }

    private mutating func entries(
      _ mapping: Yams.Node.Mapping, at place: Origin
    ) throws(ConfigurationError) -> [Entry] {
      var entries: [Entry] = []
      for (key, value) in mapping {
        let keyOrigin = key.mark.map { origin($0.line, $0.column) } ?? place
        guard case .scalar(let scalar) = key else {
          throw ConfigurationError(
            origin: "\(keyOrigin)", key: nil, problem: "a key must be a word, not a list or mapping"
          )
        }
        // Yams compares tags too, so `1` and `"1"` pass its own check as different keys.
        guard !entries.contains(where: { $0.key == scalar.string }) else {
          throw ConfigurationError(
            origin: "\(keyOrigin)", key: scalar.string.abbreviated,
            problem: "the key is given twice; keep one")
        }
        let value = try convert(value, at: keyOrigin)
        entries.append(Entry(key: scalar.string, origin: keyOrigin, value: value))
      }
      return entries
    }
  }

  /// Yams' errors, several lines long, as one line of ours.
  private static func configurationError(
    for error: any Error, origin: (_ line: Int, _ column: Int) -> Origin
  ) -> ConfigurationError {
    func invalid(_ place: Origin, _ problem: String) -> ConfigurationError {
      ConfigurationError(origin: "\(place)", key: nil, problem: "not valid YAML: \(problem)")
    }
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let prefix = context.map { $0.text + ": " } ?? ""
      return invalid(origin(mark.line, mark.column), prefix + problem)
    case .reader(let problem, let offset, _, let yaml):
      let lines = yaml.prefix(offset ?? 0).split(
        omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      return invalid(origin(lines.count, (lines.last?.count ?? 0) + 1), problem)
    case .duplicatedKeysInMapping(let keys, let context):
      return ConfigurationError(
        origin: "\(origin(context.mark.line, context.mark.column))",
        key: keys.first?.abbreviated, problem: "the key is given twice; keep one")
    default:
      return invalid(origin(1, 1), "\(error)")
    }
  }
}
