import Foundation

/// A file to whose end whole lines are added, one after the other. What could be written only in part is cut
/// off again, so that no line is ever joined to half of another.
package final class LineFile {
  private let file: Descriptor
  private let system: FileSystem
  /// The bytes of the whole lines.
  private var length: Int
  /// Whether half a line may stand behind them.
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
  package func append(_ line: String) throws(FileError) {
    // Nothing may follow half a line that could not be cut off at once.
    if isTorn { try cutBack() }
    let bytes = Array(line.utf8)
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
