import Files

/// A new file of a checkpoint, hashed while it is written.
package struct HashedFile: ~Copyable {
  private let file: DurableFile
  private var hash = SHA256()
  private var byteCount = 0

  /// Creates the file, which must not exist.
  package init(path: String, disk: CheckpointDisk) throws(CheckpointError) {
    do { file = try DurableFile(path, system: disk.system) } catch { throw CheckpointError(error) }
  }

  /// Appends bytes.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    do { try file.write(bytes) } catch { throw CheckpointError(error) }
    hash.update(bytes)
    byteCount += bytes.count
  }

  /// Appends bytes.
  package mutating func write(_ bytes: [UInt8]) throws(CheckpointError) {
    try bytes.withUnsafeBufferPointer { bytes throws(CheckpointError) in
      try write(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Flushes the file to the disk and describes it.
  package mutating func finish(name: String) throws(CheckpointError) -> Manifest.File {
    do { try file.flush() } catch { throw CheckpointError(error) }
    return Manifest.File(name: name, bytes: byteCount, sha256: hash.hexadecimal)
  }
}
