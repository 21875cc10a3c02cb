extension Configuration.Data {
  /// Files that are read together: one path, several, or a pair of sets whose files hold inputs and
  /// targets of the same sequences.
  ///
  /// A path of a series may be a folder or a pattern, and may end in `[from:to]`, which takes the rows
  /// from `from` up to but not including `to`; either may be left out.
  public struct FileSet: Sendable, Equatable {
    /// The paths, of inputs and targets together, or of inputs alone; absolute once read from a file.
    public var paths: [String]
    /// The paths of the targets, one for each of ``paths``; empty if those hold both.
    public var targets: [String]

    /// Files by their paths.
    ///
    /// - Parameters:
    ///   - paths: the files; with `targets` those of the inputs.
    ///   - targets: the files of the targets, one for each of `paths`, or none.
    public init(paths: [String], targets: [String] = []) {
      self.paths = paths
      self.targets = targets
    }

    /// One file.
    public init(_ path: String) { self.init(paths: [path]) }

    /// The only path, where one alone will do; of several the first.
    public var path: String { paths.first ?? "" }

    /// Whether inputs and targets stand in files of their own.
    public var isPair: Bool { !targets.isEmpty }
  }
}

extension Configuration.Data.FileSet: ExpressibleByStringInterpolation {
  /// One file.
  public init(stringLiteral path: String) { self.init(path) }
}

extension Configuration.Data.FileSet: CustomStringConvertible {
  /// The paths for a message.
  public var description: String { (paths + targets).joined(separator: ", ") }
}

extension Configuration.Data.FileSet: ConfigurationValue {
  static var expectation: String { "a path, a list of paths, or {inputs: …, targets: …} of them" }

  init?(scalarText: String, isQuoted: Bool) { self.init(scalarText) }

  /// Interprets a path, a list of paths, or a mapping of two such.
  ///
  /// - Throws: `ConfigurationError` at an item that is no path, an unknown key or a missing one.
  init(_ node: ConfigurationNode, key: String, expectation: String) throws(ConfigurationError) {
    guard case .mapping(let entries) = node.content else {
      self.init(paths: try [String](node, key: key, expectation: expectation))
      return
    }
    var sides: [String: [String]] = [:]
    for entry in entries {
      let path = "\(key).\(entry.key.abbreviated)"
      guard let side = Side(rawValue: entry.key) else {
        throw ConfigurationError(
          origin: "\(entry.origin)", key: path,
          problem: "unknown key; a pair of files has inputs and targets")
      }
      sides[side.rawValue] = try [String](
        entry.value, key: path, expectation: "a path or a list of paths")
    }
    let inputs = sides[Side.inputs.rawValue] ?? []
    let targets = sides[Side.targets.rawValue] ?? []
    guard !inputs.isEmpty, !targets.isEmpty else {
      throw ConfigurationError(
        origin: "\(node.origin)", key: key,
        problem: "needs both inputs and targets, each a path or a list of paths")
    }
    self.init(paths: inputs, targets: targets)
  }

  var yaml: String {
    guard isPair else { return Self.yaml(paths) }
    return "{inputs: \(Self.yaml(paths)), targets: \(Self.yaml(targets))}"
  }

  /// The two halves of a pair, by their keys.
  enum Side: String {
    case inputs
    case targets
  }

  /// One path as such, others as a list.
  private static func yaml(_ paths: [String]) -> String {
    paths.count == 1 ? paths[0].yaml : paths.yaml
  }
}

extension Configuration.Data.FileSet {
  /// Files as a command line gives them: a path, or a list or pair of them as a configuration has it.
  ///
  /// - Throws: `ConfigurationError` for a list or a pair that is none.
  package init(argument text: String) throws(ConfigurationError) {
    guard ["[", "{"].contains(text.first) else {
      self.init(text)
      return
    }
    let node = try ConfigurationNode.parse(text) { _, _ in .argument(text) }
    try self.init(node, key: "--data", expectation: Self.expectation)
  }

  /// Whether there is no path, or an empty one.
  var isMissing: Bool { paths.isEmpty || (paths + targets).contains("") }

  /// The set with each path changed.
  func map(_ change: (String, Side) -> String) -> Self {
    Self(paths: paths.map { change($0, .inputs) }, targets: targets.map { change($0, .targets) })
  }
}

extension ConfigurationField.Bound<Configuration.Data.FileSet> {
  /// Paths of files.
  static let paths = Self(text: "at least one path, none of them empty") { !$0.isMissing }
}
