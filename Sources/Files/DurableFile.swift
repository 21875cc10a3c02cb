/// A new file that is written from front to back and flushed to the disk.
package struct DurableFile: ~Copyable {
  private let file: Descriptor
  private let system: FileSystem

  /// Creates the file, which must not exist.
  ///
  /// - Throws: `FileError`.
  package init(_ path: String, system: FileSystem = FileSystem()) throws(FileError) {
    file = try system.createFile(path)
    self.system = system
  }

  /// Appends bytes.
  ///
  /// - Throws: `FileError`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try system.write(bytes, to: file)
  }

  /// Appends bytes.
  ///
  /// - Throws: `FileError`.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { bytes throws(FileError) in
      try write(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Goes back to the file's first byte; what is written next takes the place of what is there.
  ///
  /// - Throws: `FileError`.
  package func rewind() throws(FileError) { try file.rewind() }

  /// Waits until everything written is on the disk.
  ///
  /// - Throws: `FileError`.
  package func flush() throws(FileError) { try system.synchronize(file) }
}
