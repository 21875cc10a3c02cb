import Foundation

/// A file to whose end whole lines or records are added, one after the other. What could be written only in
/// part is cut off again, so that none is ever joined to half of another.
package final class LineFile {
  private let file: Descriptor
  private let system: FileSystem
  /// The bytes of what is whole.
  private var length: Int
  /// Whether a part of something may stand behind them.
  private var isTorn = false

  /// Opens the file, and makes it where there is none.
  ///
  /// - Throws: `FileError`.
  package init(_ path: String, system: FileSystem = FileSystem()) throws(FileError) {
    let opened = try Descriptor(path, O_WRONLY | O_CREAT | O_APPEND)
    length = try opened.length()
    file = opened
    self.system = system
  }

  /// Adds a line, which brings its own end: all of it, or nothing.
  ///
  /// - Throws: `FileError`; the same line may be tried again.
  package func append(_ line: String) throws(FileError) { try append(Array(line.utf8)) }

  /// Adds the bytes of a record: all of them, or nothing.
  ///
  /// - Throws: `FileError`; the same record may be tried again.
  package func append(_ bytes: [UInt8]) throws(FileError) {
    // Nothing may follow a part that could not be cut off at once.
    if isTorn { try cutBack() }
    do throws(FileError) {
      try bytes.withUnsafeBufferPointer { bytes throws(FileError) in
        try system.write(UnsafeRawBufferPointer(bytes), to: file)
      }
    } catch {
      isTorn = true
      try? cutBack()
      throw error
    }
    length += bytes.count
  }

  private func cutBack() throws(FileError) {
    try file.truncate(to: length)
    isTorn = false
  }

  /// Waits until everything is on the disk.
  ///
  /// - Throws: `FileError`.
  package func flush() throws(FileError) { try system.synchronize(file) }
}
