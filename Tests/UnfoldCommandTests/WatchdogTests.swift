import Foundation
import Testing

extension CommandLineTests {
  /// Ranks that wait in vain say for whom, and end the job.
  @Suite struct WatchdogTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    /// The lines that name a rank.
    private func named(_ result: CommandLineProcess.Result) -> [String] {
      result.messages.filter { $0.contains(" did not come to an exchange ") }
    }

    /// Nodes of one rank share no memory: what is known came in datagrams.
    @Test(arguments: [0, 1], [nil, "1"])
    func aStoppedRankIsNamed(rank: Int, ranksPerNode: String?) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let settings = [
        "training.steps=10000000", "training.validate_every=10000000",
        "checkpoint.every=10000000", "checkpoint.best=false", "parallel.workers=1",
        "parallel.timeout=2",
      ]
      let job = try Unfold.start(
        workspace.arguments(configuration, "run", settings), ranks: 3,
        environment: ranksPerNode.map { ["UNFOLD_RANKS_PER_NODE": $0] } ?? [:], in: workspace,
        timeout: 180)
      while job.isRunning, !workspace.hasMetrics("run") { usleep(10_000) }
      // So that signs of life of some step have come by mail, too.
      usleep(500_000)
      let identifier = try #require(job.processIdentifier(ofRank: rank))
      let stopped = Date()
      kill(identifier, SIGSTOP)
      let result = try job.wait()
      #expect(Date().timeIntervalSince(stopped) < 10, "\(result.error)")
      #expect(result.status == 69 && !result.isTimedOut, "\(result.error)")
      let lines = named(result)
      #expect(lines.count == 1, "\(result.error)")
      let pattern =
        #/unfold: rank (\d+) on \S+ did not come to an exchange for (\d+) s: last seen in step \d+, [a-z ]+, \d+ s ago; it is stopped \(SIGSTOP\)/#
      let match = try #require(lines.first?.wholeMatch(of: pattern), "\(result.error)")
      #expect(Int(match.1) == rank)
      #expect((2...5).contains(Int(match.2) ?? 0))
      #expect(!job.leavesProcesses())
    }

    private func probe(_ mode: String) throws -> CommandLineProcess {
      let program = URL(fileURLWithPath: Unfold.executable)
        .deletingLastPathComponent().appendingPathComponent("RankProbe").path
      return try Unfold.start(
        [mode, workspace("run")], ranks: 3, environment: ["UNFOLD_EXECUTABLE": program],
        in: workspace, timeout: 40)
    }

    @Test func anEndlessLoopIsNamedAndShown() throws {
      let job = try probe("endless-loop")
      let result = try job.wait()
      #expect(result.status == 69 && !result.isTimedOut, "\(result.error)")
      let lines = named(result)
      #expect(lines.count == 1, "\(result.error)")
      let line = try #require(lines.first)
      #expect(line.hasPrefix("unfold: rank 1 on "), "\(line)")
      #expect(line.contains(", forward, ") && line.contains("it runs"), "\(line)")
      // The stacks of this rank alone, with frames of its program.
      let stacks = result.messages.filter { $0.contains(": stack of thread ") }
      #expect(!stacks.isEmpty && stacks.allSatisfy { $0.hasPrefix("unfold: rank 1: ") })
      #expect(result.error.contains("/RankProbe("), "\(result.error)")
      #expect(!job.leavesProcesses())
    }

    @Test func aSlowRankIsNotEnded() throws {
      let result = try probe("slow-sink").wait()
      #expect(result.status == 0, "\(result.error)")
      #expect(result.output.contains("steps: 4"), "\(result.output)")
      #expect(named(result).isEmpty && result.seconds > 3, "\(result.error)")
    }
  }
}
