import Foundation

/// Whole files, written so that a kill or a full disk leaves the earlier one.
package enum TextFile {
  /// All bytes of a file.
  ///
  /// - Throws: `FileError`.
  package static func bytes(of path: String) throws(FileError) -> [UInt8] {
    let file = try Descriptor(path, O_RDONLY)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file.number, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(path: path, cannot: "read", code: errno) }
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// Writes a file aside, flushes it and gives it its name.
  ///
  /// - Throws: `FileError`; then an earlier file of this name is untouched.
  package static func write(_ text: String, to path: String) throws(FileError) {
    try write(Array(text.utf8), to: path)
  }

  /// Does so with bytes.
  ///
  /// - Throws: `FileError`; then an earlier file of this name is untouched.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    do throws(FileError) {
      var replacement = try ReplacementFile(of: path)
      try replacement.file.write(bytes)
      try replacement.commit()
    } catch {
      throw FileError(path: path, cannot: error.operation, code: error.code)
    }
  }

  /// Writes a file piece by piece, aside, flushes it and gives it its name when all is written.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - body: hands over the text.
  /// - Throws: `FileError`, and what the body throws; then an earlier file of this name is untouched.
  package static func write(
    to path: String, _ body: (_ write: (String) throws -> Void) throws -> Void
  ) throws {
    var replacement = try ReplacementFile(of: path)
    var pending: [UInt8] = []
    try body { text in
      pending += text.utf8
      guard pending.count >= 1 << 16 else { return }
      try replacement.file.write(pending)
      pending.removeAll(keepingCapacity: true)
    }
    try replacement.file.write(pending)
    try replacement.commit()
  }
}
