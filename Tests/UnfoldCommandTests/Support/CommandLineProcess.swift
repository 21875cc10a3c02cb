import Foundation

/// A program that runs under a time limit, with its output in files of a folder of its own.
final class CommandLineProcess {
  /// What came of it.
  struct Result {
    let output: String
    let error: String
    let status: Int32
    let seconds: Double
    /// Whether the time limit ended it.
    let isTimedOut: Bool
  }

  private let process = Process()
  private let folder: String
  private let started = Date()
  private let timeout: Double
  private let ended = DispatchSemaphore(value: 0)
  /// In the environment of every process that this one starts, to find those again.
  private let mark = UUID().uuidString

  private static let markName = "UNFOLD_TEST_MARK"

  /// Starts `command`, found by its path or name. `timeout` seconds later it and all processes that
  /// it started are ended.
  init(
    _ command: [String], environment: [String: String] = [:], folder parent: String,
    timeout: Double
  ) throws {
    self.timeout = timeout
    folder = "\(parent)/process-\(mark)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Ranks that wait busily on every core must not keep the test from its next line. By their
    // paths, so that a test may give a job no PATH.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/nice")
    process.arguments =
      ["-n", "10", "/usr/bin/timeout", "--kill-after=5", "\(timeout)"] + command
    process.currentDirectoryURL = URL(fileURLWithPath: parent)
    process.environment = ProcessInfo.processInfo.environment
      .merging(environment) { $1 }
      .merging([Self.markName: mark]) { $1 }
    process.standardInput = FileHandle.nullDevice
    let (output, error) = (try Self.file("\(folder)/output"), try Self.file("\(folder)/error"))
    process.standardOutput = output
    process.standardError = error
    process.terminationHandler = { [ended] _ in ended.signal() }
    // Threads of a test may have signals blocked, and who is started by them has, too.
    var none = sigset_t()
    var earlier = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &earlier)
    defer { pthread_sigmask(SIG_SETMASK, &earlier, nil) }
    try process.run()
    // The job has them; nobody closes those of this process when it ends.
    try output.close()
    try error.close()
  }

  private static func file(_ path: String) throws -> FileHandle {
    try Data().write(to: URL(fileURLWithPath: path))
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  /// Waits for its end.
  func wait() throws -> Result {
    ended.wait()
    let seconds = Date().timeIntervalSince(started)
    return Result(
      output: try text("output"), error: try text("error"), status: process.terminationStatus,
      seconds: seconds, isTimedOut: seconds >= timeout)
  }

  var isRunning: Bool { process.isRunning }

  private func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")), as: UTF8.self)
  }

  /// The process of a rank, as soon as it has started; nil if the job ended before.
  func processIdentifier(ofRank rank: Int) -> pid_t? {
    while process.isRunning {
      for name in ["OMPI_COMM_WORLD_RANK", "PMI_RANK"] {
        if let found = find("\(name)=\(rank)") { return found }
      }
      usleep(5000)
    }
    return nil
  }

  /// The process of `unfold` itself, started without a launcher; nil if it has ended.
  func processIdentifierAlone() -> pid_t? {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.lazy.compactMap { pid_t($0) }.first { identifier in
      let executable = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/\(identifier)/exe")
      return executable == Unfold.executable && self.isOurs(identifier)
    }
  }

  /// The process that was started under the time limit: `launch/mpirun.sh`, or what has taken its
  /// place; nil if it has ended.
  func processIdentifierOfCommand() -> pid_t? {
    let timeout = process.processIdentifier
    let children = try? String(
      contentsOfFile: "/proc/\(timeout)/task/\(timeout)/children", encoding: .utf8)
    return children?.split(separator: " ").first.flatMap { pid_t($0) }
  }

  /// The launcher of MPI itself; nil if it has ended.
  func processIdentifierOfLauncher() -> pid_t? {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.lazy.compactMap { pid_t($0) }.first { identifier in
      let executable = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/\(identifier)/exe")
      let name = executable?.split(separator: "/").last ?? ""
      return ["orterun", "prte", "mpirun", "mpiexec"].contains { name.hasPrefix($0) }
        && self.isOurs(identifier)
    }
  }

  /// Whether a process that it started is still there so many seconds after its end.
  func leavesProcesses(within seconds: Double = 5) -> Bool {
    let end = Date(timeIntervalSinceNow: seconds)
    while true {
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      guard entries.lazy.compactMap({ pid_t($0) }).contains(where: isOurs) else { return false }
      guard Date() < end else { return true }
      usleep(100_000)
    }
  }

  private func isOurs(_ identifier: pid_t) -> Bool {
    settings(of: identifier).contains("\(Self.markName)=\(mark)")
  }

  private func settings(of identifier: pid_t) -> Set<String> {
    let bytes = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(identifier)/environ"))
    return Set((bytes ?? Data()).split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
  }

  /// The process of this job that has a setting in its environment.
  private func find(_ setting: String) -> pid_t? {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.lazy.compactMap { pid_t($0) }.first { identifier in
      isOurs(identifier) && settings(of: identifier).contains(setting)
    }
  }
}
