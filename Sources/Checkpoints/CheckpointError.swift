import Files
import Foundation

/// Why a checkpoint or a tensor file cannot be written or read, in one line.
public struct CheckpointError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file or folder that the error is about.
  public let path: String
  /// What is wrong, expected and got, and how to mend it.
  public let problem: String

  /// Creates an error.
  package init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  /// Creates the error of a failed system call.
  ///
  /// - Parameters:
  ///   - operation: What was tried, such as `create`.
  ///   - code: The call's `errno`.
  package init(path: String, cannot operation: String, code: Int32) {
    let isFull = code == ENOSPC || code == EDQUOT
    self.init(
      path: path,
      problem: "cannot \(operation): \(FileError.words(for: code))"
        + (isFull ? ", earlier checkpoints are untouched" : ""))
  }

  public var description: String {
    "\(path): \(problem)".split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
