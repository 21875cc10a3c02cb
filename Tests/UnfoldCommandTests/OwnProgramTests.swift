import Foundation
import Testing

extension CommandLineTests {
  /// What fails on one rank of a user's own program, `RankProbe`, ends all of them.
  @Suite struct OwnProgramTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private static let program = URL(fileURLWithPath: Unfold.executable)
      .deletingLastPathComponent().appendingPathComponent("RankProbe").path

    private func run(_ mode: String, ranks: Int) throws -> CommandLineProcess.Result {
      try Unfold.run(
        [mode, workspace("run")], ranks: ranks, environment: ["UNFOLD_EXECUTABLE": Self.program],
        in: workspace, timeout: 30)
    }

    /// A sink is rank 0's alone; the others learn of its failure in the next step and end in order.
    @Test func aSinkThatFailsEndsAllRanks() throws {
      let result = try run("failing-sink", ranks: 3)
      #expect(result.status != 0 && !result.isTimedOut)
      #expect(result.seconds < 10)
      #expect(result.messages.last == "unfold: rank 0 of 3: the sink is full", "\(result.error)")
    }

    /// The others wait in a barrier that this rank never comes to.
    @Test func aRankThatThrowsAloneEndsTheJob() throws {
      let result = try run("failing-rank", ranks: 3)
      #expect(result.status != 0 && !result.isTimedOut)
      #expect(result.seconds < 10)
      #expect(result.messages == ["unfold: rank 1: rank 1 has had enough"], "\(result.error)")
    }

    @Test(arguments: [1, 3])
    func aRunStopsWhenAskedTo(ranks: Int) throws {
      let result = try run("stop", ranks: ranks)
      #expect(result.status == 0, "\(result.error)")
      #expect(result.output.contains("stopped after 4 true"), "\(result.output)")
      #expect(workspace.exists("run/checkpoints/step-4/checkpoint.json"))
    }

    /// 400 more steps of a `Trainer`. With one worker, a rank that reports to nobody takes only what Open
    /// MPI does, once in each of two sums; rank 0 takes what a line of metrics needs. With more,
    /// Dispatch takes some to wake a helper.
    @Test func stepsOfSeveralRanksAllocateNothing() throws {
      let result = try run("allocations", ranks: 2)
      #expect(result.status == 0, "\(result.error)")
      let counts = result.output.split(separator: "\n").map { line in
        line.split(separator: ":").last?.split(separator: " ").compactMap { Int($0) } ?? []
      }
      try #require(counts.count == 2 && counts.allSatisfy { $0.count == 2 }, "\(result.output)")
      #expect(counts[0][1] < 400 * 2 + 20, "\(result.output)")
      #expect(counts[0][0] < 400 * 150, "\(result.output)")
      #expect(counts[1][1] < 400 * 40, "\(result.output)")
    }
  }
}
