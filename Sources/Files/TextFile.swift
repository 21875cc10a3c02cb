import Foundation

/// Whole text files, written so that a kill or a full disk leaves the earlier one.
package enum TextFile {
  /// Writes a file aside, flushes it and gives it its name.
  ///
  /// - Throws: `FileError`; then an earlier file of this name is untouched.
  package static func write(_ text: String, to path: String) throws(FileError) {
    let aside = "\(path).partial-\(getpid())"
    do throws(FileError) {
      let file = try Descriptor(aside, O_WRONLY | O_CREAT | O_TRUNC, cannot: "create")
      try file.write(text.utf8)
      try file.synchronize()
      guard rename(aside, path) == 0 else {
        throw FileError(path: aside, cannot: "rename to \(path)", code: errno)
      }
    } catch {
      unlink(aside)
      throw FileError(path: path, cannot: error.operation, code: error.code)
    }
  }
}
