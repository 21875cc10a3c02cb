import Foundation
import Testing

extension CommandLineTests {
  /// Several hosts, between which gradients travel as messages.
  @Suite(.enabled(if: TestHosts.areAvailable, "skipped: hosts need root and iproute2"))
  struct HostTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    /// The ranks of each host: a power of two of them, another number, hosts that differ.
    private static let layouts = [[2, 2], [1, 1, 1], [2, 1]]

    /// The command's own checks, among them sums over leaves at lengths 0, 1, odd and large.
    @Test(arguments: layouts)
    func sumsAreTheTrees(ranks: [Int]) throws {
      let hosts = try TestHosts(ranks.count, rate: "10gbit", in: workspace)
      let result = try hosts.start(["doctor"], ranks: ranks).wait()
      #expect(result.status == 0, "\(result.output)\(result.error)")
    }

    @Test(arguments: layouts)
    func hostsChangeNoBit(ranks: [Int]) throws {
      let hosts = try TestHosts(ranks.count, rate: "10gbit", in: workspace)
      for experiment in [Experiment.text, .rare, .reber] {
        let configuration = try experiment.write(to: workspace)
        let (alone, spread) = ("\(experiment)-alone", "\(experiment)-spread")
        try workspace.train(configuration, alone, "parallel.workers=1")
        let result = try hosts.start(
          workspace.arguments(configuration, spread, ["parallel.workers=1"]), ranks: ranks
        ).wait()
        #expect(result.status == 0, "\(result.error)")
        #expect(
          try Unfold.parameterHash(spread, in: workspace)
            == Unfold.parameterHash(alone, in: workspace), "\(experiment)")
        #expect(try workspace.lossesAndNorms(spread) == workspace.lossesAndNorms(alone))
      }
    }

    /// Gradients of 4 MB travel for seconds here, so the rank dies while they do.
    @Test(arguments: [0, 1])
    func aRankThatDiesWhileGradientsTravelEndsTheJob(rank: Int) throws {
      let hosts = try TestHosts(2, rate: "10mbit", in: workspace)
      let configuration = try Experiment.text.write(to: workspace)
      let job = try hosts.start(
        workspace.arguments(
          configuration, "run", ["model.hidden=256", "training.steps=1000"]), ranks: [1, 1])
      while job.isRunning, !workspace.hasMetrics("run") { usleep(10_000) }
      usleep(300_000)
      let identifier = try #require(job.processIdentifier(ofRank: rank))
      let killed = Date()
      kill(identifier, SIGKILL)
      let result = try job.wait()
      #expect(result.status != 0 && !result.isTimedOut)
      #expect(Date().timeIntervalSince(killed) < 10)
      #expect(!job.leavesProcesses(), "\(result.error)")
    }
  }
}
