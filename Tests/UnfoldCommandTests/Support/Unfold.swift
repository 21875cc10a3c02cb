import Foundation

/// The executable under test, alone or on several ranks.
enum Unfold {
  /// Beside the test bundle in the build folder, or UNFOLD_EXECUTABLE.
  static let executable: String = {
    if let path = ProcessInfo.processInfo.environment["UNFOLD_EXECUTABLE"] { return path }
    let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return bundle.deletingLastPathComponent().appendingPathComponent("unfold").path
  }()

  /// The launcher that users have.
  static let launcher: String = {
    let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    let root = (0..<4).reduce(file) { folder, _ in folder.deletingLastPathComponent() }
    return root.appendingPathComponent("launch/mpirun.sh").path
  }()

  /// Starts `unfold` with these arguments: under mpirun on so many ranks, or without it if nil.
  static func start(
    _ arguments: [String], ranks: Int? = nil, environment: [String: String] = [:],
    in workspace: Workspace, timeout: Double = 60
  ) throws -> CommandLineProcess {
    let launch = ranks.map { ["bash", launcher, "--ranks", "\($0)", "--bind", "none", "--"] }
    return try CommandLineProcess(
      (launch ?? [executable]) + arguments,
      environment: ["UNFOLD_EXECUTABLE": executable].merging(environment) { $1 },
      folder: workspace.path, timeout: timeout)
  }

  /// Runs `unfold` to its end.
  static func run(
    _ arguments: [String], ranks: Int? = nil, environment: [String: String] = [:],
    in workspace: Workspace, timeout: Double = 60
  ) throws -> CommandLineProcess.Result {
    try start(
      arguments, ranks: ranks, environment: environment, in: workspace, timeout: timeout
    ).wait()
  }

  /// Runs `unfold`, which must succeed.
  static func succeed(
    _ arguments: [String], ranks: Int? = nil, environment: [String: String] = [:],
    in workspace: Workspace, timeout: Double = 60
  ) throws -> CommandLineProcess.Result {
    let result = try run(
      arguments, ranks: ranks, environment: environment, in: workspace, timeout: timeout)
    guard result.status == 0 else { throw UnexpectedEnd(arguments: arguments, result: result) }
    return result
  }

  struct UnexpectedEnd: Error, CustomStringConvertible {
    let arguments: [String]
    let result: CommandLineProcess.Result

    var description: String {
      "unfold \(arguments.joined(separator: " ")) ended with \(result.status) after "
        + "\(result.seconds) s:\n\(result.output)\(result.error)"
    }
  }
}

extension CommandLineProcess.Result {
  /// Our lines on standard error, warnings aside.
  var messages: [String] {
    error.split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix("unfold: ") && !$0.hasPrefix("unfold: warning: ") }
  }
}
