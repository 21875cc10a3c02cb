import Dispatch
import Foundation
import Synchronization
import Testing
import Workers

struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 8])
  func runCallsEveryWorkerOnce(_ workers: Int) {
    let calls = Guarded([Int](repeating: 0, count: workers))
    WorkerPool(workers: workers).run { worker in calls.withLock { $0[worker] += 1 } }
    #expect(calls.withLock { $0 } == [Int](repeating: 1, count: workers))
  }

  /// All blocks have ended when `run` returns, every time.
  @Test(arguments: [2, 4])
  func manyForksJoin(_ workers: Int) {
    let pool = WorkerPool(workers: workers)
    let total = Atomic(0)
    for round in 1...20_000 {
      pool.run { _ in total.add(1, ordering: .relaxed) }
      #expect(total.load(ordering: .relaxed) == round * workers)
    }
  }

  /// Plain memory: what the caller wrote before a fork its blocks see, and what they write it sees.
  @Test(arguments: [2, 3])
  func memoryIsHandedOver(_ workers: Int) {
    let pool = WorkerPool(workers: workers)
    let count = 64
    let numbers = UnsafeMutableBufferPointer<Int>.allocate(capacity: count)
    defer { numbers.deallocate() }
    numbers.initialize(repeating: 0)
    // Each slice touches its own places only.
    nonisolated(unsafe) let shared = numbers
    for round in 1...3000 {
      for index in 0..<count { shared[index] += index }
      pool.forEachSlice(of: count) { _, slice in for index in slice { shared[index] += 1 } }
      #expect(shared[count - 1] == round * count)
    }
  }

  /// Pools of several networks may be used from several threads at the same time.
  @Test func forksFromSeveralThreads() async {
    let pool = WorkerPool(workers: 3)
    let totals = await withTaskGroup(of: Int.self, returning: [Int].self) { group in
      for _ in 0..<4 {
        group.addTask {
          let total = Atomic(0)
          for _ in 0..<2000 {
            pool.forEachSlice(of: 100) { total.add($1.count, ordering: .relaxed) }
          }
          return total.load(ordering: .relaxed)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(totals == [200_000, 200_000, 200_000, 200_000])
  }

  /// A fork inside a block runs its blocks one after another, with the same result.
  @Test(arguments: [1, 2, 4])
  func aForkInsideABlockEnds(_ workers: Int) {
    let pool = WorkerPool(workers: workers)
    let total = Atomic(0)
    for _ in 0..<500 {
      pool.run { _ in pool.run { _ in total.add(1, ordering: .relaxed) } }
    }
    #expect(total.load(ordering: .relaxed) == 500 * workers * workers)
  }

  /// Helpers go to sleep when nothing comes, and are sent for again.
  @Test func forksAfterARestJoin() {
    let pool = WorkerPool(workers: 3)
    let total = Atomic(0)
    for round in 1...100 {
      for _ in 0..<3 { pool.run { _ in total.add(1, ordering: .relaxed) } }
      usleep(round % 2 == 0 ? 2000 : 150)
    }
    #expect(total.load(ordering: .relaxed) == 900)
  }

  /// Work goes to several threads once the helpers have come; in a process whose Dispatch has nothing
  /// else to do.
  @Test(.enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1))
  func blocksRunOnSeveralThreads() async {
    await #expect(processExitsWith: .success) {
      let pool = WorkerPool(workers: 2)
      let threads = Guarded(Set<UInt>())
      for _ in 0..<1000 {
        pool.run { _ in
          let thread = UInt(pthread_self())
          _ = threads.withLock { $0.insert(thread) }
          usleep(100)
        }
      }
      #expect(threads.withLock { $0.count } > 1)
    }
  }

  @Test(arguments: [1, 2, 5])
  func resultsDoNotDependOnTheNumberOfWorkers(_ workers: Int) {
    func scan(_ workers: Int) -> [Float] {
      var out = [Float](repeating: 0, count: 1000)
      out.withUnsafeMutableBufferPointer { out in
        // Each slice writes its own places only.
        nonisolated(unsafe) let out = out
        WorkerPool(workers: workers).forEachSlice(of: 1000, multipleOf: 16) { _, slice in
          for i in slice { out[i] = (1...i + 1).reduce(Float(0)) { $0 + 1 / Float($1) } }
        }
      }
      return out
    }
    #expect(scan(workers).map(\.bitPattern) == scan(1).map(\.bitPattern))
  }

  /// Dispatch's threads may be older than the pool and have denormals on; a block that did not set
  /// the mode itself would see them, depending on the thread that it happens to get. In a process of
  /// its own, because new threads inherit the mode of the thread that starts them.
  @Test(arguments: [1, 2, 4])
  func denormalsAreFlushedInEveryBlock(_ workers: Int) async {
    await #expect(processExitsWith: .success) { [workers] in
      let smallest = Float("1.2e-38") ?? 0
      let quarter = Float("0.25") ?? 0
      let kept = Atomic(0)
      @Sendable func count() { if smallest * quarter != 0 { kept.add(1, ordering: .relaxed) } }
      DispatchQueue.concurrentPerform(iterations: 1000) { _ in count() }
      let keptBefore = kept.exchange(0, ordering: .relaxed)
      let pool = WorkerPool(workers: workers)
      for _ in 0..<2000 { pool.run { _ in count() } }
      #expect(keptBefore == 1000)
      #expect(kept.load(ordering: .relaxed) == 0)
    }
  }

  @Test func thereIsAtLeastOneWorker() async {
    await #expect(processExitsWith: .failure) { _ = WorkerPool(workers: 0) }
  }

  @Test func theMaskCountsTheCoresOfTheProcess() {
    #expect(ProcessorMask.current().coreCount == ProcessInfo.processInfo.activeProcessorCount)
    #expect(ProcessorMask(bytes: [0b1011, 0, 0x80]).coreCount == 4)
    #expect(ProcessorMask(bytes: []).coreCount == 0)
    #expect(ProcessorMask(bytes: [0b1011, 0, 0x80]).cores == [0, 1, 3, 23])
    #expect(ProcessorMask(bytes: []).cores.isEmpty)
  }
}
