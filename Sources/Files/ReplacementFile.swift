import Foundation
import Synchronization

/// A file that takes its name, and an earlier file's place, only when it is whole: it is written
/// aside, flushed and renamed. Without a `commit` nothing is left behind.
package struct ReplacementFile: ~Copyable {
  /// What is written.
  package let file: DurableFile
  private let path: String
  private let partial: String
  private let system: FileSystem
  private var isCommitted = false

  /// Several writers, of this process and of others, may replace one file at a time.
  private static let number = Atomic(0)

  /// Begins a file that will be called `path`.
  ///
  /// - Parameters:
  ///   - path: the file's name.
  ///   - system: what it is written with.
  /// - Throws: `FileError`, also where a folder or a device has this name, which would be replaced.
  package init(of path: String, system: FileSystem = FileSystem()) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw FileError(path: path, cannot: "replace", code: FileError.notRegular)
    }
    let number = Self.number.add(1, ordering: .relaxed).newValue
    let partial = "\(path).partial-\(ProcessIdentity.current)-\(number)"
    do throws(FileError) {
      file = try DurableFile(partial, system: system)
    } catch {
      throw FileError(path: path, cannot: error.operation, code: error.code)
    }
    self.path = path
    self.partial = partial
    self.system = system
  }

  deinit {
    if !isCommitted { try? system.remove(partial) }
  }

  /// Flushes the file and gives it its name.
  ///
  /// - Throws: `FileError`; then an earlier file of this name is untouched.
  package mutating func commit() throws(FileError) {
    try file.flush()
    try system.rename(partial, to: path)
    isCommitted = true
    // Some file systems cannot flush a folder; the file is whole either way.
    try? system.synchronizeFolder((path as NSString).deletingLastPathComponent.ifEmpty("."))
  }
}

extension String {
  fileprivate func ifEmpty(_ other: String) -> String { isEmpty ? other : self }
}
