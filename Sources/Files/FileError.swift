import Foundation

/// A call of the system on a file that failed, in one line: where, what, why, and how to mend it.
package struct FileError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file or folder.
  package let path: String
  /// What was tried, such as `write`.
  package let operation: String
  /// The call's `errno`.
  package let code: Int32

  package init(path: String, cannot operation: String, code: Int32) {
    self.path = path
    self.operation = operation
    self.code = code
  }

  package var description: String {
    "\(path): cannot \(operation): \(Self.words(for: code))"
  }

  /// The number for what is a folder, a pipe or a device where a file is needed; the system has none.
  package static let notRegular: Int32 = -1

  /// The system's words for an error number, and what mends it.
  package static func words(for code: Int32) -> String {
    if code == notRegular { return "is not a regular file" }
    let hint =
      switch code {
      case ENOSPC, EDQUOT: "; free some space"
      case EACCES, EPERM, EROFS: "; check the permissions"
      case EMFILE, ENFILE: "; allow more open files (ulimit -n)"
      case ENOMEM: "; free some memory, or allow more (ulimit -v)"
      default: ""
      }
    return String(cString: strerror(code)) + hint
  }
}
