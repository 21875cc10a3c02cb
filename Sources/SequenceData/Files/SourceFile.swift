import Files
import Foundation
import Storage

/// A file from outside that is read from beginning to end in chunks, never mapped (so a file that
/// shrinks meanwhile is an error, not a bus fault). Keeps the SHA-256 of all that was read.
package final class SourceFile {
  package let path: String
  private let descriptor: Int32
  private var hash = SHA256()
  private let chunk = Arena<UInt8>(count: 1 << 20)

  /// Opens a file.
  ///
  /// - Throws: `missingFile`, `unreadableFile`, or `emptyFile`.
  package init(path: String) throws(SequenceDataError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    let openError = errno
    guard descriptor >= 0 else {
      throw openError == ENOENT
        ? .missingFile(path: path)
        : .unreadableFile(path: path, reason: systemMessage(openError))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadableFile(path: path, reason: systemMessage(errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadableFile(path: path, reason: "it is not a regular file; name a file")
    }
    guard status.st_size > 0 else { throw .emptyFile(path: path) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Reads up to `target.count` bytes; 0 at the end of the file.
  package func read(into target: UnsafeMutableRawBufferPointer) throws(SequenceDataError) -> Int {
    while true {
      let count = Foundation.read(descriptor, target.baseAddress, target.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .unreadableFile(path: path, reason: systemMessage(errno)) }
      hash.update(UnsafeRawBufferPointer(rebasing: target[..<count]))
      return count
    }
  }

  /// The next chunk, valid until the next call; nil at the end of the file.
  package func nextChunk() throws(SequenceDataError) -> UnsafeRawBufferPointer? {
    let count = try read(into: UnsafeMutableRawBufferPointer(chunk.buffer))
    return count == 0 ? nil : UnsafeRawBufferPointer(start: chunk.base, count: count)
  }

  /// The SHA-256 of what has been read so far, as hexadecimal digits.
  package var digest: String { hash.hexadecimal }

  /// The first bytes of a file.
  static func head(path: String, count: Int) throws(SequenceDataError) -> [UInt8] {
    let file = try SourceFile(path: path)
    return try file.nextChunk().map { Array($0.prefix(count)) } ?? []
  }

  /// Reads a whole file for its SHA-256.
  static func digest(path: String) throws(SequenceDataError) -> String {
    let file = try SourceFile(path: path)
    while try file.nextChunk() != nil {}
    return file.digest
  }

  /// Checks, at the end of a pass, that the file is still the one with this digest.
  package func requireDigest(_ expected: String) throws(SequenceDataError) {
    guard digest == expected else { throw .changedFile(path: path) }
  }
}

/// The system's words for an error number.
func systemMessage(_ error: Int32) -> String { FileError.words(for: error) }
