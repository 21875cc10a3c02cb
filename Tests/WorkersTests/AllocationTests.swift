import AllocationCounter
import Synchronization
import Testing
import Workers

/// What a fork costs in memory.
@Suite(.enabled(if: allocation_counter_works()))
struct AllocationTests {
  /// Shows that the counter counts, without which the other tests would mean nothing.
  @Test func theCounterCounts() async {
    await #expect(processExitsWith: .success) {
      let (count, live) = (allocation_count(), live_allocation_count())
      let memory = (1...10).map { UnsafeMutableRawPointer.allocate(byteCount: $0, alignment: 1) }
      let (countAfter, liveAfter) = (allocation_count(), live_allocation_count())
      for block in memory { block.deallocate() }
      let liveAtLast = live_allocation_count()
      #expect(countAfter >= count + 10)
      #expect(liveAfter >= live + 10)
      #expect(liveAtLast <= liveAfter - 10)
    }
  }

  @Test func oneWorkerAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      let pool = WorkerPool(workers: 1)
      let total = Atomic(0)
      func fork() {
        pool.forEachSlice(of: 1000, multipleOf: 16) { total.add($1.count, ordering: .relaxed) }
      }
      fork()
      let count = allocation_count()
      for _ in 0..<1000 { fork() }
      let allocations = allocation_count() - count
      #expect(allocations == 0)
      #expect(total.load(ordering: .relaxed) == 1_001_000)
    }
  }

  /// A fork takes one small block, in which Swift holds the closure that helpers run; sending for a
  /// helper that has gone to sleep takes a few more. All are given back.
  @Test func forksTakeOneBlock() async {
    await #expect(processExitsWith: .success) {
      let pool = WorkerPool(workers: 4)
      func fork() { pool.forEachSlice(of: 1000, multipleOf: 16) { _, _ in } }
      for _ in 0..<1000 { fork() }
      let (count, live) = (allocation_count(), live_allocation_count())
      let forks = 500_000
      for _ in 0..<forks { fork() }
      let (allocated, kept) = (allocation_count() - count, live_allocation_count() - live)
      // On a busy machine a helper may be away for so long that it goes to sleep between forks.
      #expect(allocated < forks + forks / 5, "\(allocated) allocations in \(forks) forks")
      #expect(kept < forks / 10, "\(kept) blocks kept")
    }
  }
}
