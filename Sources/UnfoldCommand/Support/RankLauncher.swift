import Files
import Foundation

/// Starts this program on several ranks, by `launch/mpirun.sh`.
struct RankLauncher {
  /// A file to which everything is appended that is told on standard error.
  let log: String
  /// One host a line.
  let hostfile: String?
  /// Seconds after which a job is ended.
  let timeLimit: Int
  private let script: String
  private let executable: String

  /// What the environment calls another script.
  static let variable = "UNFOLD_LAUNCHER"

  /// Finds the script.
  ///
  /// - Throws: `LaunchFailure.noScript`.
  init(
    log: String, hostfile: String?, timeLimit: Int,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(LaunchFailure) {
    self.log = log
    self.hostfile = hostfile
    self.timeLimit = timeLimit
    executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    script = try Self.script(named: environment[Self.variable], executable: executable)
  }

  private static func script(
    named given: String?, executable: String
  ) throws(LaunchFailure) -> String {
    if let given, !given.isEmpty {
      guard FileManager.default.isReadableFile(atPath: given) else {
        throw .noScript("\(variable)=\(given): there is no such script; unset it, or give another")
      }
      return given
    }
    // A build leaves the program three folders below its package.
    var folder = URL(fileURLWithPath: executable).deletingLastPathComponent()
    for _ in 0..<4 {
      let script = folder.appendingPathComponent("launch/mpirun.sh").path
      if FileManager.default.isReadableFile(atPath: script) { return script }
      folder.deleteLastPathComponent()
    }
    throw .noScript(
      "launch/mpirun.sh, which starts ranks, is not beside \(executable): set \(variable) to it")
  }

  /// Runs a command of this program on so many ranks and workers, to its end.
  ///
  /// - Returns: what rank 0 wrote to standard output.
  /// - Throws: `LaunchFailure`, `FileError` of the log, `ChildProcess.Interrupted`.
  func run(_ arguments: [String], ranks: Int, workers: Int) throws -> [UInt8] {
    var command = [script, "--ranks", "\(ranks)", "--workers", "\(workers)"]
    command += ["--time-limit", "\(timeLimit)"]
    if let hostfile { command += ["--hostfile", hostfile] }
    command += ["--"] + arguments
    let before = (try? TextFile.bytes(of: log).count) ?? 0
    let result = try ChildProcess.run(
      ["bash"] + command, environment: ["UNFOLD_EXECUTABLE": executable], errorsTo: log)
    guard result.status == 0 else {
      let told = try TextFile.bytes(of: log).dropFirst(before)
      throw LaunchFailure.failed(
        reason: result.status == Self.timedOut
          ? "did not end within \(timeLimit) s; allow more with --time-limit"
          : Self.lastError(in: String(decoding: told, as: UTF8.self), status: result.status),
        command: command.joined(separator: " "), log: log)
    }
    return result.output
  }

  /// The exit code of timeout(1), which keeps the script's limit.
  private static let timedOut: Int32 = 124

  /// The last line in which the program, else the script or the system's launcher, says what is wrong.
  private static func lastError(in text: String, status: Int32) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    let prefix = "unfold: "
    if let own = lines.last(where: {
      $0.hasPrefix(prefix) && !$0.hasPrefix("\(prefix)warning: ")
    }) {
      return String(own.dropFirst(prefix.count))
    }
    // Open MPI frames what it says.
    let other = lines.last { line in !line.allSatisfy { $0 == "-" || $0.isWhitespace } }
    return other ?? "ended with exit code \(status)"
  }
}

/// Why ranks could not be started, or what ended them.
enum LaunchFailure: Error, CustomStringConvertible, Sendable {
  /// The script is not to be found.
  case noScript(String)
  /// A job ended badly.
  case failed(reason: String, command: String, log: String)
  /// A job printed something else than it should.
  case unreadable(command: String, log: String)

  var description: String {
    switch self {
    case .noScript(let message): message
    case .failed(let reason, let command, let log):
      "\(reason); the command was `\(command)`, and \(log) has all that it told"
    case .unreadable(let command, let log):
      "`\(command)` printed no figures; \(log) has what it told"
    }
  }
}
