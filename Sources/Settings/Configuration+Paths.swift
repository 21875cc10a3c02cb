import Foundation

extension Configuration {
  /// Makes the given paths absolute; the rule is that of ``init(path:overrides:)``.
  mutating func resolvePaths(_ given: [String: ConfigurationNode], path: String?) {
    guard var files = data.files else { return }
    let paths = PathResolution(given, file: path, ofSeries: data.kind == .series)
    files.train = paths.resolved(files.train, key: "data.train")
    files.validation = files.validation.map { paths.resolved($0, key: "data.validation") }
    files.test = files.test.map { paths.resolved($0, key: "data.test") }
    files.cache = files.cache.map { paths.resolved($0, key: "data.cache", mustExist: false) }
    data.files = files
    if let statics = data.series?.statics {
      data.series?.statics = paths.resolved(statics, key: "data.static")
    }
  }
}

/// What relative paths of a configuration are taken from.
private struct PathResolution {
  /// The values that are given, which say where they stand.
  private let given: [String: ConfigurationNode]
  private let currentFolder: String
  /// The folder of the configuration's file, if it has one.
  private let fileFolder: String?
  /// Whether paths may be patterns and name rows.
  private let isOfSeries: Bool

  init(_ given: [String: ConfigurationNode], file: String?, ofSeries isOfSeries: Bool) {
    self.given = given
    self.isOfSeries = isOfSeries
    let current = FileManager.default.currentDirectoryPath
    currentFolder = current
    fileFolder = file.map { Self.absolute($0, in: current).deletingLastPathComponent().path }
  }

  /// A set of files with absolute paths.
  func resolved(_ files: Configuration.Data.FileSet, key: String) -> Configuration.Data.FileSet {
    files.map { path, side in resolved(path, origin: origin(of: key, side)) }
  }

  /// The absolute path of the value of `key`.
  func resolved(_ value: String, key: String, mustExist: Bool = true) -> String {
    resolved(value, origin: given[key]?.origin, mustExist: mustExist)
  }

  private func resolved(
    _ value: String, origin: ConfigurationNode.Origin?, mustExist: Bool = true
  ) -> String {
    guard !value.isEmpty else { return value }
    let here = Self.absolute(value, in: currentFolder).path
    guard case .file = origin, let fileFolder else { return here }
    let besideFile = Self.absolute(value, in: fileFolder).path
    return mustExist && !isThere(besideFile) && isThere(here) ? here : besideFile
  }

  /// Where a path of a set stands; an override may have set one side of a pair.
  private func origin(
    of key: String, _ side: Configuration.Data.FileSet.Side
  ) -> ConfigurationNode.Origin? {
    guard let node = given[key] else { return nil }
    guard case .mapping(let entries) = node.content else { return node.origin }
    return entries.first { $0.key == side.rawValue }?.value.origin
  }

  private func isThere(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
      || isOfSeries && FileManager.default.fileExists(atPath: Self.location(path))
  }

  /// Where the files of a series lie: their path without `[from:to]`, or the folder of a pattern.
  private static func location(_ path: String) -> String {
    let plain = path.replacing(#/\[[0-9]*:[0-9]*\]$/#, with: "")
    guard let wildcard = plain.firstIndex(where: { "*?[".contains($0) }) else { return plain }
    guard let slash = plain[..<wildcard].lastIndex(of: "/") else { return plain }
    return String(plain[...slash])
  }

  private static func absolute(_ path: String, in folder: String) -> URL {
    if path == "~" || path.hasPrefix("~/") {
      let home = FileManager.default.homeDirectoryForCurrentUser
      return home.appendingPathComponent(String(path.dropFirst(2))).standardizedFileURL
    }
    // Joined as texts: in a relative URL the colon of `a.csv[0:9]` would end a scheme.
    let start = path.hasPrefix("/") ? "" : folder.hasSuffix("/") ? folder : "\(folder)/"
    return URL(fileURLWithPath: start + path).standardizedFileURL
  }
}
