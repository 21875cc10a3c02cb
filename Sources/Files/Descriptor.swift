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
  package func write(_ bytes: some Collection<UInt8>) throws(FileError) {
    let code = writeAll(Array(bytes), to: number)
    guard code == 0 else { throw FileError(path: path, cannot: "write", code: code) }
  }

  /// Waits until everything written is on the disk.
  ///
  /// - Throws: `FileError`.
  package func synchronize() throws(FileError) {
    guard fsync(number) == 0 else { throw FileError(path: path, cannot: "flush", code: errno) }
  }
}

/// Writes all of `bytes` to a descriptor; the error number of what failed, or 0.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  bytes.withUnsafeBytes { bytes in
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Foundation.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return errno }
      rest = rest.dropFirst(count)
    }
    return 0
  }
}
