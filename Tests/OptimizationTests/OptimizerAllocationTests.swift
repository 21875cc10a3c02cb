import AllocationCounter
import Optimization
import Testing
import Workers

/// Steps allocate nothing. Allocations are counted for a whole process, so each case has its own.
struct OptimizerAllocationTests {
  @Test(.enabled(if: allocation_counter_works(), "malloc cannot be counted here"))
  func updatesAllocateNothing() async {
    await #expect(processExitsWith: .success) {
      let count = 3 * GlobalNorm.blockSize + 5
      for transforms: [any GradientTransform] in [
        [try ClipByGlobalNorm(limit: 1), try Adam()],
        [try ClipByValue(limit: 1), try RMSprop(momentum: 0.9, centered: true)],
        [try StochasticGradientDescent(momentum: 0.9)],
      ] {
        let chain = OptimizerChain(transforms, parameterCount: count)
        var arenas = Arenas(
          parameters: pseudorandomNumbers(count, seed: 1),
          gradients: pseudorandomNumbers(count, seed: 2), momentCount: chain.momentCount)
        // Dispatch's own bookkeeping is not this test's concern: one worker is the calling thread.
        let pool = WorkerPool(workers: 1)
        arenas.update(by: chain, step: 1, rate: 0.1, divisor: 2, pool: pool)
        let before = allocation_count()
        for step in 2...100 {
          arenas.update(by: chain, step: step, rate: 0.1, divisor: 2, pool: pool)
        }
        let allocations = allocation_count() - before
        #expect(allocations == 0)
      }
    }
  }
}
