import AllocationCounter
import Communication
import Settings
import Testing
import Training

/// A training step allocates nothing once it is warm. Allocations are counted for a whole process,
/// so the test has one of its own.
@Suite(.enabled(if: allocation_counter_works(), "malloc cannot be counted here"))
struct AllocationTests {
  @Test func stepsAllocateNothing() async {
    await #expect(processExitsWith: .success) {
      // The first one also makes what a process has once.
      _ = try Self.allocations(warmUp: 50)
      let few = try Self.allocations(warmUp: 50)
      let many = try Self.allocations(warmUp: 450)
      // The list of times doubles its room three more times; 400 steps must add nothing else.
      #expect(abs(many - few) < 20, "\(few) and \(many) allocations")
    }
  }

  /// Of a benchmark with so many steps before those that are timed, and sorted by their times; all are
  /// in one epoch.
  private static func allocations(warmUp: Int) throws -> Int {
    let configuration = try Configuration(
      yaml: """
        data: {kind: random, symbols: 20, samples: 8000}
        model: {cell: lstm, layers: 2, hidden: 8, embedding: 8, tie: true, dropout: 0.2}
        batch: {streams: 4}
        bptt: {k1: 4, k2: 6}
        optimizer: {kind: adam}
        clip: {norm: 1}
        training: {epochs: 1}
        """)
    let resources = try RankResources(communicator: SoloCommunicator(), workers: 1)
    let before = allocation_count()
    _ = try StepBenchmark(configuration, resources: resources, steps: 5, warmUp: warmUp)
    return allocation_count() - before
  }
}
