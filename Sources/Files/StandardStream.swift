import Foundation
import Synchronization

/// Standard output and standard error, written without a buffer, as they may go to a disk that is
/// full or to nobody.
package enum StandardStream {
  /// Writes what the user asked for.
  ///
  /// - Throws: `FileError`: a result of which a part is missing must not look like a whole one.
  package static func output(_ text: String) throws(FileError) {
    let code = writeAll(text, to: STDOUT_FILENO)
    guard code == 0 else {
      throw FileError(path: "standard output", cannot: "write", code: code)
    }
  }

  /// Writes a message, in the place of a line that was drawn. If nobody can read it, the work goes on.
  package static func error(_ text: String) {
    let start = hasDrawnLine.exchange(false, ordering: .relaxed) ? eraseLine : ""
    _ = writeAll(start + text, to: STDERR_FILENO)
  }

  /// Draws a line on a terminal over the one that was drawn before.
  package static func draw(_ line: String) {
    hasDrawnLine.store(true, ordering: .relaxed)
    _ = writeAll(eraseLine + line, to: STDERR_FILENO)
  }

  private static let hasDrawnLine = Atomic(false)
  private static let eraseLine = "\r\u{1B}[K"

  /// Gives what the caller has closed (`2>&-`) a descriptor, before a file of ours takes its number
  /// and gets what was meant for it. Writing there fails, or goes nowhere for standard error. Where
  /// the reader of a pipe has gone, writing fails, too, rather than ending the process.
  package static func reserve() {
    signal(SIGPIPE, SIG_IGN)
    for (number, flags) in [
      (STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY),
    ] where fcntl(number, F_GETFD) < 0 {
      // The lowest free number is taken, which is this one.
      _ = open("/dev/null", flags)
    }
  }
}
