import Foundation

/// A training run that one fault strikes.
final class FaultedRun {
  /// How the job ended.
  struct End {
    let job: CommandLineProcess
    let result: CommandLineProcess.Result
    /// The seconds since the fault.
    let seconds: Double
  }

  let fault: Fault
  /// The run's folder in the workspace.
  let folder: String
  private let workspace: Workspace
  private let configuration: String
  private let settings: [String]
  private let disk: SmallDisk?
  private var hosts: TestHosts?

  /// The updates of a run that nothing disturbs.
  static let steps = 50

  /// What all runs train with; checkpoints are written often.
  static let settings = [
    "training.steps=\(steps)", "training.validate_every=7", "checkpoint.every=3",
  ]

  init(_ fault: Fault, in workspace: Workspace) throws {
    self.fault = fault
    self.workspace = workspace
    configuration = try Experiment.text.write(to: workspace)
    settings = Self.settings + (fault.kind.timeout.map { ["parallel.timeout=\($0)"] } ?? [])
    disk = fault.kind == .diskFull ? try SmallDisk(at: workspace("disk")) : nil
    folder = disk == nil ? "run" : "disk/run"
    hosts = fault.kind.needsHosts ? try TestHosts(2, rate: "1gbit", in: workspace) : nil
  }

  // MARK: The strike

  /// Trains until the fault ends it. Whoever ended first was not struck: again, and earlier.
  ///
  /// - Parameter seconds: how long a whole run takes.
  /// - Returns: nil if no run could be struck.
  func strike(wholeRun seconds: Double) throws -> End? {
    // What is before the first step takes most of a run as short as this one.
    var delay = max(1e-3, fault.moment * seconds / 3)
    while delay > 1e-4 {
      let end = try attempt(after: delay)
      if fault.kind.strikesFiles || end.result.status != 0 { return end }
      disk?.free()
      hosts?.restoreLink(2)
      try FileManager.default.removeItem(atPath: workspace(folder))
      delay /= 2
    }
    return nil
  }

  private func attempt(after delay: Double) throws -> End {
    let job = try start()
    if !fault.kind.strikesFiles {
      awaitStart(of: job)
      usleep(UInt32(delay * 1e6))
      act(on: job)
    }
    let struck = Date()
    if fault.kind == .rankStopped { letGoAfterTheRun(job) }
    let result = try job.wait()
    return End(job: job, result: result, seconds: Date().timeIntervalSince(struck))
  }

  /// Whoever is stopped when everything has been done is waited for by its launcher alone: it came too late
  /// to be struck.
  private func letGoAfterTheRun(_ job: CommandLineProcess) {
    while job.isRunning {
      if workspace.exists("\(folder)/summary.json") {
        send(SIGCONT, to: job.processIdentifier(ofRank: fault.rank))
        return
      }
      usleep(50_000)
    }
  }

  private func start() throws -> CommandLineProcess {
    // The run whose checkpoint is damaged afterwards ends early, and in good order.
    let early = 10 + Int(fault.moment * 30)
    let ending = fault.kind.strikesFiles ? ["training.steps=\(early)"] : []
    let arguments = workspace.arguments(configuration, folder, settings + ending)
    guard let hosts else {
      return try Unfold.start(arguments, ranks: fault.ranks, in: workspace)
    }
    let second = fault.ranks / 2
    return try hosts.start(arguments, ranks: [fault.ranks - second, second])
  }

  /// Waits until the fault's kind can strike.
  private func awaitStart(of job: CommandLineProcess) {
    switch fault.kind {
    case .rankKilledAtStart:
      _ = job.processIdentifier(ofRank: fault.rank)
    case .rankKilledWhileWriting:
      awaitWriting(job)
    default:
      while job.isRunning, !workspace.hasMetrics(folder) { usleep(2000) }
    }
  }

  /// Waits until a checkpoint is being written, not always the first one.
  private func awaitWriting(_ job: CommandLineProcess) {
    var seen: Set<String> = []
    let wanted = 1 + Int(fault.moment * 6)
    while job.isRunning, seen.count < wanted {
      let names = (try? workspace.entries("\(folder)/checkpoints")) ?? []
      seen.formUnion(names.filter { $0.contains(".partial-") })
      usleep(100)
    }
  }

  private func act(on job: CommandLineProcess) {
    switch fault.kind {
    case .rankKilledAtStart, .rankKilled, .rankKilledWhileWriting:
      send(SIGKILL, to: job.processIdentifier(ofRank: fault.rank))
    case .rankStopped:
      send(SIGSTOP, to: job.processIdentifier(ofRank: fault.rank))
    case .rankTerminated:
      send(SIGTERM, to: job.processIdentifier(ofRank: fault.rank))
    case .launcherTerminated:
      send(SIGTERM, to: job.processIdentifierOfCommand())
    case .launcherKilled:
      send(SIGKILL, to: job.processIdentifierOfLauncher())
    case .diskFull:
      disk?.fill()
    case .linkDown:
      hosts?.cutLink(2)
    case .hostGone:
      hosts?.powerOff(2)
    case .checkpointTruncated, .checkpointFlipped:
      break
    }
  }

  private func send(_ signal: Int32, to process: pid_t?) {
    if let process { kill(process, signal) }
  }

  // MARK: Afterwards

  /// Damages a file of the newest checkpoint, if that is the kind of fault; returns its name.
  func damageNewestCheckpoint() throws -> String? {
    guard fault.kind.strikesFiles else { return nil }
    let newest = try checkpointSteps().last.map { "step-\($0)" } ?? ""
    let names = try workspace.entries("\(folder)/checkpoints/\(newest)").sorted()
    let path = workspace(
      "\(folder)/checkpoints/\(newest)/\(names[Int(fault.place * Double(names.count))])")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let index = Int(fault.moment * Double(bytes.count))
    if fault.kind == .checkpointTruncated {
      bytes = bytes.prefix(index)
    } else {
      bytes[index] ^= 1 << UInt8(fault.place * 8)
    }
    // A file of its own: `best` may have the same one under a second name.
    try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
    return newest
  }

  /// The steps of which there is a checkpoint under its final name, in rising order.
  func checkpointSteps() throws -> [Int] {
    guard workspace.exists("\(folder)/checkpoints") else { return [] }
    return try workspace.entries("\(folder)/checkpoints")
      .compactMap { $0.hasPrefix("step-") ? Int($0.dropFirst(5)) : nil }.sorted()
  }

  /// The checkpoints under their final names that cannot be read, but for one.
  func unreadableCheckpoints(except damaged: String?) throws -> [String] {
    guard workspace.exists("\(folder)/checkpoints") else { return [] }
    return try workspace.entries("\(folder)/checkpoints").sorted().filter { name in
      guard !name.hasPrefix("."), name != damaged else { return false }
      let hash = try? Unfold.parameterHash("\(folder)/checkpoints/\(name)", in: workspace)
      return hash?.count != 64
    }
  }

  /// Removes the cause and goes on to the end, on this machine.
  func resume() throws -> CommandLineProcess.Result {
    disk?.free()
    hosts = nil
    let arguments = workspace.arguments(
      configuration, folder, resume: workspace.exists(folder), settings)
    return try Unfold.succeed(arguments, ranks: 2, in: workspace)
  }
}
