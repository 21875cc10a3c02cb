import CKernels
import Storage

/// The workers of one rank: the only place where Unfold uses several cores.
///
/// A phase forks once and joins once. Blocks must not wait for one another, because Dispatch need
/// not run them at the same time. Work is split so that its result does not depend on the number
/// of workers, nor on which thread runs a block.
package final class WorkerPool: Sendable {
  /// The number of workers, at least 1.
  package let workers: Int
  /// Whether threads share cores.
  package let isShortOfCores: Bool
  private let team: WorkerTeam

  /// A pool of `workers` workers; the calling thread is one of them.
  ///
  /// - Parameter isShortOfCores: whether threads share cores, so that who waits leaves its own.
  package init(workers: Int, isShortOfCores: Bool = false) {
    precondition(workers >= 1, "a pool of \(workers) workers")
    self.workers = workers
    self.isShortOfCores = isShortOfCores
    team = WorkerTeam(members: workers, spins: isShortOfCores ? 0 : 1000)
  }

  /// Runs `body(worker)` once for every worker and returns when all have ended.
  package func run(_ body: @Sendable (_ worker: Int) -> Void) {
    perform(blocks: workers, body)
  }

  /// Cuts 0..<count into one contiguous slice a worker, at multiples of `granule`, and runs
  /// `body` on those that are not empty.
  package func forEachSlice(
    of count: Int, multipleOf granule: Int = 1,
    _ body: @Sendable (_ worker: Int, _ slice: Range<Int>) -> Void
  ) {
    let granules = (count + granule - 1) / granule
    let used = min(workers, granules)
    guard used > 0 else { return }
    perform(blocks: used) { worker in
      body(worker, Share(worker, of: used).range(of: 0..<count, multipleOf: granule))
    }
  }

  private func perform(blocks: Int, _ body: @Sendable (Int) -> Void) {
    unfold_flush_denormals()
    if blocks > 1, team.perform(blocks: blocks, body) { return }
    for block in 0..<blocks { body(block) }
  }
}
