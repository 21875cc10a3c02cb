import Foundation
import Testing

extension CommandLineTests {
  /// What clusters do to a job: a rank, a host, a disk or the launcher fails at a random moment. The
  /// job ends by itself and at once, leaves nothing behind, loses no checkpoint, and the resumed run
  /// is as if nothing had happened.
  @Suite struct FaultTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    /// A run that nothing disturbs.
    private struct WholeRun: Sendable {
      let hash: String
      let seconds: Double
    }

    private static let wholeRun = Result(catching: train)

    private static func train() throws -> WholeRun {
      let workspace = try Workspace()
      let configuration = try Experiment.text.write(to: workspace)
      let result = try Unfold.succeed(
        workspace.arguments(configuration, "run", FaultedRun.settings), ranks: 2, in: workspace)
      return WholeRun(
        hash: try Unfold.parameterHash("run", in: workspace), seconds: result.seconds)
    }

    @Test(arguments: FaultPlan.current.faults)
    func isSurvived(fault: Fault) throws {
      let whole = try Self.wholeRun.get()
      let run = try FaultedRun(fault, in: workspace)
      // Its disk and hosts go with it.
      defer { withExtendedLifetime(run) {} }
      let end = try #require(
        try run.strike(wholeRun: whole.seconds), "no job ran long enough to be struck")
      expectEnd(end, of: fault)
      if fault.kind.asksToEnd { try expectRequeue(end, of: run) }

      let damaged = try run.damageNewestCheckpoint()
      #expect(try run.unreadableCheckpoints(except: damaged) == [])
      let resumed = try run.resume()
      if let damaged {
        #expect(resumed.error.contains(damaged), "it must say what it passes over")
      }

      #expect(try Unfold.parameterHash(run.folder, in: workspace) == whole.hash)
      #expect(
        try workspace.metrics(run.folder).map { $0["step"] as? Int }
          == Array(1...FaultedRun.steps))
      let hidden = try workspace.entries("\(run.folder)/checkpoints").filter { $0.hasPrefix(".") }
      #expect(hidden == [], "left over by what was interrupted")
    }

    private func expectEnd(_ end: FaultedRun.End, of fault: Fault) {
      let bound = fault.kind.bound
      #expect(
        !end.result.isTimedOut && end.seconds < bound, "\(end.seconds) s: \(end.result.error)")
      // Processes of a host that nobody reaches find out by themselves, too.
      let rest = fault.kind.needsHosts ? bound - end.seconds : 5
      #expect(!end.job.leavesProcesses(within: rest), "\(end.result.error)")
    }

    /// The exit code that asks for another start, and a checkpoint of the step that was under way.
    private func expectRequeue(_ end: FaultedRun.End, of run: FaultedRun) throws {
      #expect(end.result.status == 75, "\(end.result.error)")
      let last = try workspace.metrics(run.folder).last?["step"] as? Int
      #expect(last != nil)
      #expect(try run.checkpointSteps().last == last)
    }

    /// The plan is the same each time, and has every kind.
    @Test func thePlanFollowsFromItsSeed() {
      let kinds = Fault.Kind.allCases
      let plan = FaultPlan(count: 30, seed: 3, kinds: kinds)
      let again = FaultPlan(count: 30, seed: 3, kinds: kinds)
      #expect(plan.faults.map(\.testDescription) == again.faults.map(\.testDescription))
      #expect(Set(plan.faults.prefix(kinds.count).map(\.kind)) == Set(kinds))
      let other = FaultPlan(count: 30, seed: 4, kinds: kinds)
      #expect(plan.faults.map(\.moment) != other.faults.map(\.moment))
    }
  }
}
