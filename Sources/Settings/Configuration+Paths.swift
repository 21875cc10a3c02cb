import Foundation

extension Configuration {
  /// Makes the given paths absolute; the rule is that of ``init(path:overrides:)``.
  mutating func resolvePaths(_ given: [String: ConfigurationNode], path: String?) {
    let current = FileManager.default.currentDirectoryPath
    let fileFolder = path.map { Self.absolute($0, in: current).deletingLastPathComponent().path }

    func resolved(_ value: String, key: String, mustExist: Bool) -> String {
      guard !value.isEmpty else { return value }
      guard case .file = given[key]?.origin, let fileFolder else {
        return Self.absolute(value, in: current).path
      }
      let besideFile = Self.absolute(value, in: fileFolder).path
      let here = Self.absolute(value, in: current).path
      let fallsBack =
        mustExist && !FileManager.default.fileExists(atPath: besideFile)
        && FileManager.default.fileExists(atPath: here)
      return fallsBack ? here : besideFile
    }

    guard var files = data.files else { return }
    files.train = resolved(files.train, key: "data.train", mustExist: true)
    files.validation = files.validation.map {
      resolved($0, key: "data.validation", mustExist: true)
    }
    files.cache = files.cache.map { resolved($0, key: "data.cache", mustExist: false) }
    data.files = files
  }

  private static func absolute(_ path: String, in folder: String) -> URL {
    if path == "~" || path.hasPrefix("~/") {
      let home = FileManager.default.homeDirectoryForCurrentUser
      return home.appendingPathComponent(String(path.dropFirst(2))).standardizedFileURL
    }
    let base = URL(fileURLWithPath: folder, isDirectory: true)
    return URL(fileURLWithPath: path, relativeTo: base).standardizedFileURL
  }
}
