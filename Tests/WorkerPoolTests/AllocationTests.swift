import AllocationCounter
import Foundation
import Testing
import WorkerPool

struct AllocationTests {
  @Test func runningAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      var out = [Int](repeating: 0, count: 16)
      for workers in [1, 2, 3, 4, 8] {
        let pool = WorkerPool(workers: workers)
        out.withUnsafeMutableBufferPointer { out in
          nonisolated(unsafe) let out = out
          for _ in 0..<1000 { pool.run { out[$0] += 1 } }
          let before = allocation_count()
          for _ in 0..<100000 { pool.run { out[$0] += 1 } }
          let n = allocation_count() - before; let f = fopen("/tmp/recurrent-tests/counts.txt", "a"); fputs("workers \(workers) allocs \(n)\n", f); fclose(f)
        }
      }
    }
  }
}
