import Foundation

/// The file-system calls that files are written with, each of which can be observed, and made to
/// fail, by a probe: the tests look at the disk before every single one, which is where a kill can
/// strike.
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

  /// The bytes that are free where a path lies; nil where the system does not tell.
  package typealias Room = @Sendable (_ path: String) -> Double?

  /// How far its calls have come.
  package let progress = DiskProgress()

  /// Tells what is free, in the system's place, if there is one.
  package var room: Room?

  private let probe: Probe?

  /// What is longer is written, and flushed, in parts of so many bytes.
  private static let partBytes = 1 << 24

  /// The real file system, observed by `probe` if there is one.
  package init(probe: Probe? = nil) {
    self.probe = probe
  }

  /// The bytes that are free for this user where a path lies; nil where the system does not tell.
  package func freeBytes(at path: String) -> Double? {
    if let room { return room(path) }
    var facts = statvfs()
    guard statvfs(path, &facts) == 0 else { return nil }
    return Double(facts.f_bavail) * Double(facts.f_frsize)
  }

  /// Creates a folder and those above it that are missing.
  package func createFolders(_ path: String) throws(FileError) {
    guard !exists(path) else { return }
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if parent != path { try createFolders(parent) }
    try attempt(.createFolder(path), "create the folder", path) {
      mkdir(path, 0o777) == 0 || errno == EEXIST
    }
  }

  /// Opens a new file for writing.
  func createFile(_ path: String) throws(FileError) -> Descriptor {
    try probe(.createFile(path), "create", path)
    return try Descriptor(path, O_WRONLY | O_CREAT | O_EXCL, cannot: "create")
  }

  /// Writes all of `bytes`. Long ones go to the disk part by part: who waits for a slow one sees that it
  /// moves, and no gigabytes are left to the end.
  func write(
    _ bytes: UnsafeRawBufferPointer, to file: borrowing Descriptor
  ) throws(FileError) {
    try probe(.write(file.path), "write", file.path)
    for start in stride(from: 0, to: bytes.count, by: Self.partBytes) {
      let end = min(start + Self.partBytes, bytes.count)
      try file.write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      if bytes.count > Self.partBytes { try file.synchronize() }
      progress.advance()
    }
  }

  /// Waits until everything written to a file is on the disk.
  func synchronize(_ file: borrowing Descriptor) throws(FileError) {
    try probe(.synchronize(file.path), "flush", file.path)
    try file.synchronize()
    progress.advance()
  }

  /// Waits until the names in a folder are on the disk.
  package func synchronizeFolder(_ path: String) throws(FileError) {
    let folder = try Descriptor(path, O_RDONLY | O_DIRECTORY)
    try attempt(.synchronize(path), "flush", path) {
      // Some network file systems keep names safe by themselves and refuse to flush a folder.
      fsync(folder.number) == 0 || errno == EINVAL || errno == ENOTSUP
    }
  }

  /// Renames a file or folder, atomically.
  package func rename(_ old: String, to new: String) throws(FileError) {
    try attempt(.rename(old, new), "rename to \(new)", old) { Foundation.rename(old, new) == 0 }
  }

  /// Makes `new` a second name of the file `old`; false where the file system has no hard links.
  package func link(_ old: String, to new: String) throws(FileError) -> Bool {
    var isLinked = true
    try attempt(.link(old, new), "link to \(new)", old) {
      if Foundation.link(old, new) == 0 { return true }
      isLinked = false
      return [EPERM, EXDEV, EMLINK, ENOTSUP, ENOSYS].contains(errno)
    }
    return isLinked
  }

  /// Removes a file, or a folder with all that is in it.
  package func remove(_ path: String) throws(FileError) {
    try attempt(.remove(path), "remove", path) {
      (try? FileManager.default.removeItem(atPath: path)) != nil || !exists(path)
    }
  }

  /// The seconds since a file was last changed; nil where there is none.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - now: the time.
  package static func age(of path: String, now: Date) -> Double? {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    return (facts?[.modificationDate] as? Date).map { max(0, now.timeIntervalSince($0)) }
  }

  /// Whether there is anything under this name.
  package func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// Runs one operation, or the failure that the probe asks for.
  private func attempt(
    _ operation: Operation, _ verb: String, _ path: String, _ call: () -> Bool
  ) throws(FileError) {
    try probe(operation, verb, path)
    guard call() else { throw FileError(path: path, cannot: verb, code: errno) }
    progress.advance()
  }

  private func probe(
    _ operation: Operation, _ verb: String, _ path: String
  ) throws(FileError) {
    if let code = probe?(operation) { throw FileError(path: path, cannot: verb, code: code) }
  }
}
