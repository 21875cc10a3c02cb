import Foundation
import TestSupport
import Testing

extension CommandLineTests {
  /// A rank that dies, by itself or by the hand of others, takes the job with it at once.
  @Suite struct InterruptionTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    /// In the first hundredths of a second the launcher of Open MPI may not survive it unhurt.
    @Test func killedWhileItConnects() throws {
      var random = SplitMix(seed: FaultPlan.seed)
      var killed = 0
      for round in 1...6 {
        let delay = Double.random(in: 0...0.04, using: &random)
        killed += try kill(rank: round % 2, of: ["doctor"], after: delay) ? 1 : 0
      }
      #expect(killed >= 3, "\(killed) of 6 were killed")
    }

    /// Kills a rank `delay` seconds after the start; false if the job had ended by then.
    private func kill(rank: Int, of arguments: [String], after delay: Double) throws -> Bool {
      let job = try Unfold.start(arguments, ranks: 2, in: workspace)
      let identifier = job.processIdentifier(ofRank: rank)
      usleep(UInt32(delay * 1e6))
      let killed = Date()
      let wasKilled = identifier.map { Foundation.kill($0, SIGKILL) == 0 } ?? false
      let result = try job.wait()
      // A process that has ended but was not collected takes a signal, too.
      guard wasKilled, result.status != 0 else { return false }
      #expect(Date().timeIntervalSince(killed) < 10, "killed after \(delay) s")
      return true
    }

    /// The crash of one rank is told with its number, and ends the job.
    @Test(arguments: [0, 2])
    func aCrashedRankIsNamed(rank: Int) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let job = try Unfold.start(
        workspace.arguments(configuration, "run", ["training.steps=100000"]), ranks: 3,
        in: workspace)
      try awaitSteps(of: job)
      let crashed = Date()
      let identifier = try #require(job.processIdentifier(ofRank: rank))
      Foundation.kill(identifier, SIGILL)
      let result = try job.wait()
      #expect(result.status != 0 && !result.isTimedOut)
      #expect(Date().timeIntervalSince(crashed) < 10)
      #expect(result.error.contains("unfold: rank \(rank): ended by SIGILL"), "\(result.error)")
    }

    /// Steps for a long time. No checkpoint meanwhile, whose files would be the first to grow too large.
    private static let quiet = [
      "training.steps=100000", "training.validate_every=100000", "checkpoint.every=100000",
      "checkpoint.best=false",
    ]

    /// The program for which, with the signal ignored, a file that grows beyond a limit is an error of
    /// write.
    private func programWithoutSignal() throws -> String {
      let program = try workspace.write(
        "#!/bin/bash\ntrap '' XFSZ\nexec \(Unfold.executable) \"$@\"\n", to: "program")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
      return program
    }

    /// Bounds the bytes of the files that a process writes.
    private func limitFiles(of process: pid_t, to limit: String) throws {
      let result = try CommandLineProcess(
        ["prlimit", "--pid", "\(process)", "--fsize=\(limit):"], folder: workspace.path,
        timeout: 10
      ).wait()
      try #require(result.status == 0, "\(result.error)")
    }

    /// A limit within a line: half of it fits. While the disk is full, steps are made without lines.
    @Test func aFullDiskLeavesNoGapInTheMetrics() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let job = try Unfold.start(
        workspace.arguments(configuration, "run", Self.quiet + ["model.hidden=64"]), ranks: 2,
        environment: ["UNFOLD_EXECUTABLE": try programWithoutSignal()], in: workspace)
      try awaitSteps(of: job)
      let rank = try #require(job.processIdentifier(ofRank: 0))
      // Some lines ahead, as the run goes on meanwhile.
      let limit = try workspace.text("run/metrics.jsonl").utf8.count + 100_123
      try limitFiles(of: rank, to: "\(limit)")
      var before = 0
      while job.isRunning, workspace.lineCount("run") != before {
        before = workspace.lineCount("run")
        usleep(100_000)
      }
      try limitFiles(of: rank, to: "unlimited")
      while job.isRunning, workspace.lineCount("run") == before { usleep(10_000) }
      Foundation.kill(rank, SIGTERM)
      let result = try job.wait()
      #expect(result.status == 75, "\(result.error)")
      let steps = try workspace.metrics("run").map { $0["step"] as? Int }
      #expect(steps.count > before && steps == Array(1...steps.count))
      for words in ["metrics.jsonl: cannot write: ", "metrics.jsonl: can be written again"] {
        #expect(result.error.components(separatedBy: words).count == 2, "\(result.error)")
      }
    }

    /// The rank that writes cannot any more, while the others wait for it in the next exchange.
    @Test func aRankThatFailsAloneEndsTheJob() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let program = try programWithoutSignal()
      let job = try Unfold.start(
        workspace.arguments(
          configuration, "run",
          Self.quiet + ["checkpoint.on_failure=stop"]), ranks: 3,
        environment: ["UNFOLD_EXECUTABLE": program], in: workspace)
      try awaitSteps(of: job)
      let rank = try #require(job.processIdentifier(ofRank: 0))
      let limited = Date()
      try limitFiles(of: rank, to: "100")
      let result = try job.wait()
      #expect(result.status != 0 && !result.isTimedOut)
      #expect(Date().timeIntervalSince(limited) < 10)
      let told = result.messages.filter { $0.hasPrefix("unfold: rank 0 of 3: ") }
      #expect(told.count == 1, "\(result.error)")
      #expect(told.first?.contains("metrics.jsonl") == true, "\(result.error)")
    }

    /// Waits until a job in the folder `run` has made steps.
    private func awaitSteps(of job: CommandLineProcess) throws {
      while job.isRunning, !workspace.hasMetrics("run") {
        usleep(10_000)
      }
    }
  }
}
