import Foundation

/// A file mapped into memory for reading. Only the pages that are touched are read.
///
/// Sendable by this invariant: nobody writes to the read-only mapping, and it lives as long as this
/// object.
package final class MappedFile: @unchecked Sendable {
  /// The file's bytes, valid as long as this object lives.
  package let bytes: UnsafeRawBufferPointer

  /// Maps a whole file.
  ///
  /// - Throws: `FileError` if it cannot be opened, is not a regular file or cannot be mapped.
  package init(path: String) throws(FileError) {
    let file = try Descriptor(path, O_RDONLY)
    var status = stat()
    guard fstat(file.number, &status) == 0 else {
      throw FileError(path: path, cannot: "examine", code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, cannot: "map", code: FileError.notRegular)
    }
    // mmap refuses a length of 0.
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let size = Int(status.st_size)
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.number, 0), start != MAP_FAILED
    else { throw FileError(path: path, cannot: "map", code: errno) }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}
