import Files
import Foundation

/// A new file that is written from front to back, hashed on the way, and flushed to the disk.
struct DurableFile: ~Copyable {
  private let path: String
  private let system: FileSystem
  private let descriptor: Int32
  private var hash = SHA256()
  private var byteCount = 0

  /// Creates the file, which must not exist.
  init(path: String, system: FileSystem) throws(CheckpointError) {
    self.path = path
    self.system = system
    descriptor = try system.createFile(path)
  }

  deinit {
    close(descriptor)
  }

  /// Appends bytes.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    try system.write(bytes, to: descriptor, path: path)
    hash.update(bytes)
    byteCount += bytes.count
  }

  /// Appends bytes.
  mutating func write(_ bytes: [UInt8]) throws(CheckpointError) {
    try bytes.withUnsafeBufferPointer { bytes throws(CheckpointError) in
      try write(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Flushes the file to the disk and describes it.
  mutating func finish(name: String) throws(CheckpointError) -> Manifest.File {
    try system.synchronize(descriptor, path: path)
    return Manifest.File(name: name, bytes: byteCount, sha256: hash.hexadecimal)
  }
}
