import Files
import Foundation

/// A folder that keeps what was made from source files, found again by a SHA-256 of their content
/// and the settings. Several processes, also on several nodes, may use it at once: a file is
/// written under a name of its own, flushed and renamed.
package struct CacheFolder: Sendable, Equatable, Codable {
  /// The folder.
  package let path: String

  /// A cache folder; it is made when something is first written.
  package init(path: String) { self.path = path }

  /// `$XDG_CACHE_HOME/unfold`, else `~/.cache/unfold`, else a folder beside temporary files.
  package static var standard: CacheFolder {
    let environment = ProcessInfo.processInfo.environment
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return CacheFolder(path: cache + "/unfold")
    }
    if let home = environment["HOME"], home.hasPrefix("/") {
      return CacheFolder(path: home + "/.cache/unfold")
    }
    return CacheFolder(path: FileManager.default.temporaryDirectory.path + "/unfold-\(getuid())")
  }

  /// Finds the whole and undamaged file that was made with these settings from this source, or
  /// makes it.
  ///
  /// - Parameters:
  ///   - digest: the SHA-256 of the source's content.
  ///   - settings: what the content depends on beside it.
  ///   - make: writes the payload and returns the metadata.
  func obtain<Metadata: Codable & Sendable>(
    source: String, digest: String, settings: [String],
    make: (CacheWriter) throws(SequenceDataError) -> Metadata
  ) throws(SequenceDataError) -> PreparedFile {
    let key = SHA256.digest(of: ([digest] + settings).joined(separator: "\u{0}").utf8).hexadecimal
    let target = "\(path)/\(key).unfold"
    if let found = try? CacheFile<Metadata>(path: target), (try? found.verifyPayload()) != nil {
      return PreparedFile(source: source, cache: target, digest: digest, wasFound: true)
    }
    try createFolder()
    let writer = try CacheWriter(target: target)
    let metadata = try make(writer)
    try writer.commit(metadata: metadata)
    return PreparedFile(source: source, cache: target, digest: digest, wasFound: false)
  }

  /// Checks that the folder's disk has so much room.
  ///
  /// - Throws: `cacheTooSmall`.
  func requireRoom(forBytes needed: Int) throws(SequenceDataError) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return }
    let free = Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    guard needed <= free else { throw .cacheTooSmall(path: path, needed: needed, free: free) }
  }

  private func createFolder() throws(SequenceDataError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      let code = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code
      throw .unwritableCache(
        path: path,
        reason: code.map { FileError.words(for: Int32($0)) } ?? "the folder cannot be made")
    }
  }
}
