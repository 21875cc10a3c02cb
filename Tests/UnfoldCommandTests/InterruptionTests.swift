import Foundation
import Testing

extension CommandLineTests {
  /// A rank that dies, by itself or by the hand of others, takes the job with it at once.
  @Suite struct InterruptionTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    /// In the first hundredths of a second the launcher of Open MPI may not survive it unhurt.
    @Test func killedWhileItConnects() throws {
      var random = SplitMix(state: FaultPlan.seed)
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

    /// The rank that writes cannot any more, while the others wait for it in the next exchange.
    @Test func aRankThatFailsAloneEndsTheJob() throws {
      let configuration = try Experiment.text.write(to: workspace)
      // With the signal ignored, a file that grows beyond the limit is an error of write.
      let program = try workspace.write(
        "#!/bin/bash\ntrap '' XFSZ\nexec \(Unfold.executable) \"$@\"\n", to: "program")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
      // No checkpoint meanwhile, whose files would be the first to grow too large.
      let job = try Unfold.start(
        workspace.arguments(
          configuration, "run",
          ["training.steps=100000", "checkpoint.every=100000", "checkpoint.best=false"]),
        ranks: 3, environment: ["UNFOLD_EXECUTABLE": program], in: workspace)
      try awaitSteps(of: job)
      let rank = try #require(job.processIdentifier(ofRank: 0))
      let limited = Date()
      _ = try CommandLineProcess(
        ["prlimit", "--pid", "\(rank)", "--fsize=100"], folder: workspace.path, timeout: 10
      ).wait()
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
