import Foundation

/// A file mapped into memory for reading. Only the pages that are touched are read.
package struct MappedFile: ~Copyable {
  /// The file's bytes, valid as long as this value lives.
  package let bytes: UnsafeRawBufferPointer

  /// Maps a whole file.
  ///
  /// - Throws: `CheckpointError` if it cannot be opened, is not a regular file or cannot be mapped.
  package init(path: String) throws(CheckpointError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CheckpointError(path: path, cannot: "open", code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw CheckpointError(path: path, cannot: "examine", code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CheckpointError(path: path, problem: "is not a regular file")
    }
    // mmap refuses a length of 0.
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let size = Int(status.st_size)
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { throw CheckpointError(path: path, cannot: "map", code: errno) }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}
