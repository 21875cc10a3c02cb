import Files
import Foundation

/// Why a checkpoint or a tensor file cannot be written or read, in one line.
package struct CheckpointError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file or folder that the error is about.
  package let path: String
  /// What is wrong, expected and got, and how to mend it.
  package let problem: String

  /// Creates an error.
  package init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  /// The error of a failed system call.
  package init(_ error: FileError) {
    let words = FileError.words(for: error.code)
    let isFull = error.code == ENOSPC || error.code == EDQUOT
    self.init(
      path: error.path,
      problem: error.code == FileError.notRegular
        ? words
        : "cannot \(error.operation): \(words)"
          + (isFull ? ", earlier checkpoints are untouched" : ""))
  }

  /// The most of a problem that is shown: what a damaged file says may be of any length.
  private static let longestProblem = 1000

  package var description: String {
    let shown = problem.unicodeScalars.prefix(Self.longestProblem)
    let ellipsis = shown.endIndex < problem.unicodeScalars.endIndex ? "…" : ""
    return "\(path): \(String(String.UnicodeScalarView(shown)))\(ellipsis)"
      .split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
