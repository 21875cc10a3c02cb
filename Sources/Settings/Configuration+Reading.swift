import Files
import Foundation

extension Configuration {
  /// Reads and checks a configuration file.
  ///
  /// Relative paths: `data.train`, `data.validation`, `data.test` and `data.static` in a file are
  /// taken from the file's own folder, and, if nothing is there, from the current folder; of a
  /// pattern its folder decides. `data.cache` is taken from the file's own folder; those given by an
  /// override from the current folder. A leading `~/` is the user's home.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - overrides: `key.path=value` each, the value in YAML; a later one wins, `null` removes.
  /// - Throws: `ConfigurationError`, one line with file, line, column and key.
  public init(path: String, overrides: [String] = []) throws(ConfigurationError) {
    try self.init(yaml: try Self.text(of: path), path: path, overrides: overrides)
  }

  /// The text of a configuration file.
  private static func text(of path: String) throws(ConfigurationError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ConfigurationError(origin: path, key: nil, problem: "no such configuration file")
    }
    guard !isFolder.boolValue else {
      throw ConfigurationError(
        origin: path, key: nil, problem: "is a folder; give the configuration file inside it")
    }
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try TextFile.bytes(of: path)
    } catch {
      throw ConfigurationError(
        origin: path, key: nil,
        problem: "cannot \(error.operation): \(FileError.words(for: error.code))")
    }
    guard bytes.count <= fileSizeLimit else {
      throw ConfigurationError(
        origin: path, key: nil,
        problem: "has \(bytes.count) bytes; a configuration has at most \(fileSizeLimit)")
    }
    guard let yaml = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationError(origin: path, key: nil, problem: "is not valid UTF-8 text")
    }
    return yaml
  }

  /// Reads and checks a configuration from YAML text.
  ///
  /// - Parameters:
  ///   - yaml: The text.
  ///   - path: The file it comes from, for messages and relative paths (see
  ///     ``init(path:overrides:)``); without one, paths are taken from the current folder.
  ///   - overrides: `key.path=value` each, the value in YAML; a later one wins, `null` removes.
  /// - Throws: `ConfigurationError`, one line with file, line, column and key.
  public init(
    yaml: String, path: String? = nil, overrides: [String] = []
  ) throws(ConfigurationError) {
    try self.init(yaml: yaml, path: path, overrides: overrides, isSaved: false)
  }

  /// Reads what a run or a checkpoint keeps. An earlier version may have written it, so what has no
  /// effect is no fault here.
  ///
  /// - Throws: `ConfigurationError`, one line with file, line, column and key.
  package init(saved yaml: String, path: String) throws(ConfigurationError) {
    try self.init(yaml: yaml, path: path, overrides: [], isSaved: true)
  }

  /// The same from a run's file.
  package init(savedAt path: String) throws(ConfigurationError) {
    try self.init(saved: try Self.text(of: path), path: path)
  }

  private init(
    yaml: String, path: String?, overrides: [String], isSaved: Bool
  ) throws(ConfigurationError) {
    let source = path ?? "configuration"
    let text = yaml.first == "\u{FEFF}" ? String(yaml.dropFirst()) : yaml
    var root = try ConfigurationNode.parse(text) { line, column in
      .file(path: source, line: line, column: column)
    }
    if case .null = root.content, overrides.isEmpty {
      throw ConfigurationError(
        origin: source, key: nil,
        problem: "is empty; give at least data.kind and training.epochs or training.steps")
    }
    for override in overrides { try root.apply(override: override) }
    let given = try Self.collect(root, isSaved: isSaved)
    self.init()
    if let path, let fileName = Self.name(ofFile: path) { name = fileName }
    try assign(given, source: source)
    resolvePaths(given, path: path)
    if let error = firstError(isSaved: isSaved) {
      let origin = error.key.flatMap { given[$0] }.map { "\($0.origin)" }
      throw ConfigurationError(origin: origin ?? source, key: error.key, problem: error.problem)
    }
  }

  /// A file larger than this is surely not a configuration.
  private static let fileSizeLimit = 1 << 20

  /// Sets every given value, and the defaults that follow from others, in the fields' order.
  private mutating func assign(
    _ given: [String: ConfigurationNode], source: String
  ) throws(ConfigurationError) {
    for field in Self.fields {
      if let node = given[field.path] {
        try field.read(&self, node)
      } else if field.isRequired {
        throw ConfigurationError(
          origin: source, key: field.path, problem: "is missing; give \(field.expectation)")
      } else {
        field.derive?(&self)
      }
    }
    for field in Self.fields {
      guard let node = given[field.path], !field.usage.holds(self) else { continue }
      throw ConfigurationError(
        origin: "\(node.origin)", key: field.path,
        problem: "is used only with \(field.usage.text ?? "other settings"); remove it")
    }
    if let first = given["clip.norm"], let second = given["clip.value"] {
      throw ConfigurationError(
        origin: "\(second.origin)", key: "clip.value",
        problem: "excludes clip.norm, which \(first.origin) sets; keep one")
    }
  }
}
