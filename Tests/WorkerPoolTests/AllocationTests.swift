import AllocationCounter
import Testing
import WorkerPool

/// What a fork costs in memory.
@Suite(.enabled(if: allocation_counter_works()))
struct AllocationTests {
  /// Shows that the counter counts, without which the other tests would mean nothing.
  @Test func theCounterCounts() async {
    await #expect(processExitsWith: .success) {
      let (count, live) = (allocation_count(), live_allocation_count())
      let memory = (1...10).map { UnsafeMutableRawPointer.allocate(byteCount: $0, alignment: 1) }
      precondition(allocation_count() >= count + 10, "allocations are not counted")
      precondition(live_allocation_count() >= live + 10, "live blocks are not counted")
      for block in memory { block.deallocate() }
      precondition(live_allocation_count() < live + 10, "releases are not counted")
    }
  }

  @Test func oneWorkerAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      let pool = WorkerPool(workers: 1)
      var total = 0
      func fork() { pool.forEachSlice(of: 1000, multipleOf: 16) { total += $1.count } }
      fork()
      let count = allocation_count()
      for _ in 0..<1000 { fork() }
      precondition(total == 1_001_000)
      precondition(allocation_count() == count, "\(allocation_count() - count) allocations")
    }
  }
}
