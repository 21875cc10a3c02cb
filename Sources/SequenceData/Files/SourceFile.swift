import Files
import Foundation
import Storage

/// A file from outside that is read from beginning to end in chunks, or at places, and never mapped
/// (so a file that shrinks meanwhile is an error, not a bus fault). Keeps the SHA-256 of all that was
/// read in order.
package final class SourceFile {
  package let path: String
  /// The bytes it had when it was opened.
  package let size: Int
  private let descriptor: Int32
  private var isReadInOrder = true
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
    let isExamined = fstat(descriptor, &status) == 0
    size = Int(status.st_size)
    guard isExamined else {
      throw .unreadableFile(path: path, reason: systemMessage(errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadableFile(path: path, reason: "it is not a regular file; name a file")
    }
    guard size > 0 else { throw .emptyFile(path: path) }
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

  /// Reads up to `target.count` bytes from this place on, fewer only at the end of the file.
  package func read(
    at offset: Int, into target: UnsafeMutableRawBufferPointer
  ) throws(SequenceDataError) -> Int {
    isReadInOrder = false
    var done = 0
    while done < target.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: target[done...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .unreadableFile(path: path, reason: systemMessage(errno)) }
      guard count > 0 else { break }
      done += count
    }
    return done
  }

  /// Up to `count` bytes from this place on, fewer only at the end of the file.
  package func bytes(at offset: Int, count: Int) throws(SequenceDataError) -> [UInt8] {
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { target.deallocate() }
    let found = try read(at: offset, into: target)
    return Array(target[..<found])
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

  /// Checks, at the end of a pass, that the file is still the one with this digest. What was read at
  /// places is read once more, in order.
  package func requireDigest(_ expected: String) throws(SequenceDataError) {
    let found = isReadInOrder ? digest : try Self.digest(path: path)
    guard found == expected else { throw .changedFile(path: path) }
  }
}

/// The system's words for an error number.
func systemMessage(_ error: Int32) -> String { FileError.words(for: error) }
