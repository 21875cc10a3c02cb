import Foundation

/// An open file, closed with this value.
package struct Descriptor: ~Copyable {
  /// The file, for messages.
  package let path: String
  package let number: Int32

  /// Opens a file with the flags of open(2); it is not handed on to programs that this one starts.
  ///
  /// - Throws: `FileError`.
  package init(
    _ path: String, _ flags: Int32, cannot operation: String = "open"
  ) throws(FileError) {
    number = open(path, flags | O_CLOEXEC, 0o666)
    guard number >= 0 else { throw FileError(path: path, cannot: operation, code: errno) }
    self.path = path
  }

  deinit { close(number) }

  /// Writes all of `bytes`.
  ///
  /// - Throws: `FileError`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    let code = writeAll(bytes, to: number)
    guard code == 0 else { throw FileError(path: path, cannot: "write", code: code) }
  }

  /// Writes a text.
  ///
  /// - Throws: `FileError`.
  package func write(_ text: String) throws(FileError) {
    try Array(text.utf8).withUnsafeBufferPointer { bytes throws(FileError) in
      try write(UnsafeRawBufferPointer(bytes))
    }
  }

  /// The bytes that the file has.
  ///
  /// - Throws: `FileError`.
  package func length() throws(FileError) -> Int {
    var facts = stat()
    guard fstat(number, &facts) == 0 else {
      throw FileError(path: path, cannot: "ask for the length", code: errno)
    }
    return Int(facts.st_size)
  }

  /// Cuts off what stands behind so many bytes.
  ///
  /// - Throws: `FileError`.
  package func truncate(to length: Int) throws(FileError) {
    guard ftruncate(number, off_t(length)) == 0 else {
      throw FileError(path: path, cannot: "shorten", code: errno)
    }
  }

  /// Goes back to the first byte.
  ///
  /// - Throws: `FileError`.
  package func rewind() throws(FileError) {
    guard lseek(number, 0, SEEK_SET) == 0 else {
      throw FileError(path: path, cannot: "rewind", code: errno)
    }
  }

  /// Waits until everything written is on the disk.
  ///
  /// - Throws: `FileError`.
  package func synchronize() throws(FileError) {
    guard fsync(number) == 0 else { throw FileError(path: path, cannot: "flush", code: errno) }
  }
}

/// Writes all of `bytes` to a descriptor; the error number of what failed, or 0.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
  var rest = bytes[...]
  while !rest.isEmpty {
    // Linux writes at most about 2 GiB at once, and returns how much it was.
    let count = Foundation.write(
      descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { return errno }
    rest = rest.dropFirst(count)
  }
  return 0
}

/// Writes a text to a descriptor; the error number of what failed, or 0.
func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
  Array(text.utf8).withUnsafeBytes { writeAll($0, to: descriptor) }
}
