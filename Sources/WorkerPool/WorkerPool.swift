import CKernels
import Dispatch

/// The workers of one rank: the only place where Unfold uses several cores.
///
/// A phase forks once and joins once. Blocks must not wait for one another, because Dispatch need
/// not run them at the same time. Work is split so that its result does not depend on the number
/// of workers.
public final class WorkerPool: Sendable {
  /// The number of workers, at least 1.
  public let workers: Int

  /// A pool of `workers` workers; the calling thread is one of them.
  public init(workers: Int) {
    precondition(workers >= 1, "a pool of \(workers) workers")
    self.workers = workers
  }

  /// Runs `body(worker)` once for every worker and returns when all have ended.
  public func run(_ body: (_ worker: Int) -> Void) {
    perform(iterations: workers, body)
  }

  /// Cuts 0..<count into one contiguous slice a worker, at multiples of `granule`, and runs
  /// `body` on those that are not empty.
  public func forEachSlice(
    of count: Int, multipleOf granule: Int = 1, _ body: (_ worker: Int, _ slice: Range<Int>) -> Void
  ) {
    let granules = (count + granule - 1) / granule
    let used = min(workers, granules)
    guard used > 0 else { return }
    perform(iterations: used) { worker in
      let lower = granules * worker / used * granule
      let upper = min(granules * (worker + 1) / used * granule, count)
      body(worker, lower..<upper)
    }
  }

  /// Dispatch keeps threads whose floating-point mode predates ours, so every block sets it.
  private func perform(iterations: Int, _ body: (Int) -> Void) {
    guard iterations > 1 else {
      unfold_flush_denormals()
      return body(0)
    }
    withoutActuallyEscaping(body) { body in
      // concurrentPerform returns only when every iteration has, so the closure does not outlive
      // this call; that its blocks touch disjoint memory is the caller's part.
      nonisolated(unsafe) let shared = body
      DispatchQueue.concurrentPerform(iterations: iterations) { worker in
        unfold_flush_denormals()
        shared(worker)
      }
    }
  }
}
