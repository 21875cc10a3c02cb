import Foundation

/// The file-system calls that a checkpoint is written with, each of which can be observed, and made
/// to fail, by a probe: the tests look at the disk before every single one, which is where a kill
/// can strike.
package struct FileSystem: Sendable {
  /// One call that changes the disk.
  package enum Operation: Sendable, Equatable {
    case createFolder(String)
    case createFile(String)
    case write(String)
    case synchronize(String)
    case rename(String, String)
    case link(String, String)
    case remove(String)
  }

  /// Called before each operation; an error number makes it fail with that instead.
  package typealias Probe = @Sendable (Operation) -> Int32?

  private let probe: Probe?

  /// The real file system, observed by `probe` if there is one.
  package init(probe: Probe? = nil) {
    self.probe = probe
  }

  /// Creates a folder and those above it that are missing.
  func createFolders(_ path: String) throws(CheckpointError) {
    guard !exists(path) else { return }
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if parent != path { try createFolders(parent) }
    try attempt(.createFolder(path), "create the folder", path) {
      mkdir(path, 0o777) == 0 || errno == EEXIST
    }
  }

  /// Opens a new file for writing and returns its descriptor.
  func createFile(_ path: String) throws(CheckpointError) -> Int32 {
    var descriptor: Int32 = -1
    try attempt(.createFile(path), "create", path) {
      descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      return descriptor >= 0
    }
    return descriptor
  }

  /// Writes all of `bytes`.
  func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
  ) throws(CheckpointError) {
    var rest = bytes
    while !rest.isEmpty {
      var written = 0
      try attempt(.write(path), "write", path) {
        // Linux writes at most about 2 GiB at once, and returns how much it was.
        written = Foundation.write(descriptor, rest.baseAddress, rest.count)
        return written > 0 || (written < 0 && errno == EINTR)
      }
      if written > 0 { rest = UnsafeRawBufferPointer(rebasing: rest[written...]) }
    }
  }

  /// Waits until everything written to a descriptor is on the disk.
  func synchronize(_ descriptor: Int32, path: String) throws(CheckpointError) {
    try attempt(.synchronize(path), "flush", path) { fsync(descriptor) == 0 }
  }

  /// Waits until the names in a folder are on the disk.
  func synchronizeFolder(_ path: String) throws(CheckpointError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CheckpointError(path: path, cannot: "open", code: errno) }
    defer { close(descriptor) }
    try attempt(.synchronize(path), "flush", path) {
      // Some network file systems keep names safe by themselves and refuse to flush a folder.
      fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP
    }
  }

  /// Renames a file or folder, atomically.
  func rename(_ old: String, to new: String) throws(CheckpointError) {
    try attempt(.rename(old, new), "rename to \(new)", old) { Foundation.rename(old, new) == 0 }
  }

  /// Makes `new` a second name of the file `old`; false where the file system has no hard links.
  func link(_ old: String, to new: String) throws(CheckpointError) -> Bool {
    var isLinked = true
    try attempt(.link(old, new), "link to \(new)", old) {
      if Foundation.link(old, new) == 0 { return true }
      isLinked = false
      return [EPERM, EXDEV, EMLINK, ENOTSUP, ENOSYS].contains(errno)
    }
    return isLinked
  }

  /// Removes a file, or a folder with all that is in it.
  func remove(_ path: String) throws(CheckpointError) {
    try attempt(.remove(path), "remove", path) {
      (try? FileManager.default.removeItem(atPath: path)) != nil || !exists(path)
    }
  }

  /// Whether there is anything under this name.
  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// Runs one operation, or the failure that the probe asks for.
  private func attempt(
    _ operation: Operation, _ verb: String, _ path: String, _ call: () -> Bool
  ) throws(CheckpointError) {
    if let code = probe?(operation) {
      throw CheckpointError(path: path, cannot: verb, code: code)
    }
    guard call() else { throw CheckpointError(path: path, cannot: verb, code: errno) }
  }
}
