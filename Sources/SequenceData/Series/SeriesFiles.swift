import Foundation

/// A file of a series, or some of its rows.
package struct SeriesSource: Sendable, Equatable, Codable, CustomStringConvertible {
  /// The file.
  package let path: String
  /// The first row, from 0; the file's first if nil.
  package let from: Int?
  /// The row behind the last one; the file's end if nil.
  package let to: Int?

  /// A whole file, or the rows from `from` to before `to`.
  package init(path: String, from: Int? = nil, to: Int? = nil) {
    self.path = path
    self.from = from
    self.to = to
  }

  /// As it is written in a configuration: `pump.csv`, `pump.csv[5200:105200]`.
  package var description: String {
    guard from != nil || to != nil else { return path }
    return "\(path)[\(from.map { "\($0)" } ?? ""):\(to.map { "\($0)" } ?? "")]"
  }

  /// The rows, of a file that has so many.
  ///
  /// - Throws: `badTable` if the file ends before, or if there is no row.
  package func rows(of count: Int) throws(SequenceDataError) -> Range<Int> {
    let (first, end) = (from ?? 0, to ?? count)
    guard first < end, end <= count else {
      throw .badTable(
        path: description,
        reason: "the file has \(count) rows; give rows from 0 to \(count), the first before the "
          + "second")
    }
    return first..<end
  }

  /// Takes the rows off the end of a path.
  init(parsing text: String) {
    // No more digits than a number has.
    let rows = #/(?<path>.+)\[(?<from>[0-9]{0,18}):(?<to>[0-9]{0,18})\]/#
    guard let match = text.wholeMatch(of: rows) else {
      self.init(path: text)
      return
    }
    self.init(path: String(match.path), from: Int(match.from), to: Int(match.to))
  }
}

/// Finds files by what a configuration says.
package enum SeriesFiles {
  /// The files of a list, in its order.
  ///
  /// - Parameter paths: each a file, a folder (its files by name, hidden ones left out) or a pattern of
  ///   the shell (`*`, `?`, `[…]`); all may end in rows, `[from:to]`, which hold for each file.
  /// - Throws: `missingFile`, `noFiles` for a folder or a pattern without files, or
  ///   `unreadableFile`.
  package static func expand(_ paths: [String]) throws(SequenceDataError) -> [SeriesSource] {
    var sources: [SeriesSource] = []
    for text in paths {
      // A file of this very name wins.
      let place = exists(text) ? SeriesSource(path: text) : SeriesSource(parsing: text)
      for file in try files(place.path) {
        sources.append(SeriesSource(path: file, from: place.from, to: place.to))
      }
    }
    return sources
  }

  private static func files(_ path: String) throws(SequenceDataError) -> [String] {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      return try isFolder.boolValue ? filesOfFolder(path) : [path]
    }
    guard path.contains(where: { "*?[".contains($0) }) else { throw .missingFile(path: path) }
    let found = matches(path).filter(isFile)
    guard !found.isEmpty else { throw .noFiles(pattern: path) }
    return inOrder(found)
  }

  private static func filesOfFolder(_ path: String) throws(SequenceDataError) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw .unreadableFile(
        path: path, reason: "the folder cannot be listed; check the permissions")
    }
    let folder = path.hasSuffix("/") ? path : path + "/"
    let found = names.filter { !$0.hasPrefix(".") }.map { folder + $0 }.filter(isFile)
    guard !found.isEmpty else { throw .noFiles(pattern: folder + "*") }
    return inOrder(found)
  }

  /// What the system's glob(3) finds.
  private static func matches(_ pattern: String) -> [String] {
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, 0, nil, &result) == 0, let paths = result.gl_pathv else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
  }

  private static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// By bytes, as everywhere, whatever the locale is.
  private static func inOrder(_ paths: [String]) -> [String] {
    paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
