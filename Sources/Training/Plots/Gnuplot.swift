import Files
import Foundation

/// The program that draws.
package struct Gnuplot: Sendable {
  private let executable: String

  /// What came of a script that could not be drawn.
  package struct Failure: Error, CustomStringConvertible, Sendable {
    /// The exit code.
    package let status: Int32
    /// Where its messages are.
    package let log: String

    package var description: String { "gnuplot ended with exit code \(status); \(log) has why" }
  }

  /// It is not installed.
  package struct Absent: Error, CustomStringConvertible, Sendable {
    package init() {}

    package var description: String {
      "no gnuplot, which draws the plots: install it (apt-get install gnuplot-nox), or draw "
        + "metrics.jsonl with a program of your own"
    }
  }

  /// nil where it is not installed.
  ///
  /// - Parameter path: the folders that it is looked for in, with colons between them.
  package init?(path: String? = ProcessInfo.processInfo.environment["PATH"]) {
    let found = (path ?? "").split(separator: ":").lazy.map { "\($0)/gnuplot" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let found else { return nil }
    executable = found
  }

  /// Draws.
  ///
  /// - Parameters:
  ///   - script: sets a terminal, brings its data with it and writes to standard output.
  ///   - log: a file to which messages are appended.
  /// - Returns: a picture file's content.
  /// - Throws: `Failure`, `FileError` of the log, `ChildProcess.Interrupted`.
  package func picture(_ script: String, errorsTo log: String) throws -> [UInt8] {
    let result = try ChildProcess.run(
      [executable, "--default-settings", "-"], input: script, errorsTo: log)
    guard result.status == 0, !result.output.isEmpty else {
      throw Failure(status: result.status, log: log)
    }
    return result.output
  }

  /// Draws for a page of HTML.
  ///
  /// - Parameters:
  ///   - script: as above, with an SVG terminal.
  ///   - log: a file to which messages are appended.
  /// - Returns: the element `svg`.
  /// - Throws: `Failure`, `FileError` of the log, `ChildProcess.Interrupted`.
  package func svg(_ script: String, errorsTo log: String) throws -> String {
    let text = String(decoding: try picture(script, errorsTo: log), as: UTF8.self)
    // What stands before it is for an SVG file of its own.
    guard let start = text.firstRange(of: "<svg")?.lowerBound else {
      throw Failure(status: 0, log: log)
    }
    return String(text[start...])
  }
}
