import CKernels
import Communication
import Dispatch
import Storage
import Synchronization
import Workers

/// What a rank's workers do while those of all ranks read memory at once, for as long as it takes each
/// worker to be there.
struct WorkerProbe {
  /// Of all workers of this rank.
  let bytesPerSecond: Double
  /// The workers that flush denormals to zero.
  let flushingWorkers: Int

  private static let nanoseconds: UInt64 = 100_000_000

  /// Collective.
  init(_ resources: RankResources) throws {
    let pool = resources.pool
    let share = Self.floatsOfWorker(
      workersOfNode: resources.communicator.node.localSize * pool.workers)
    let arena = Arena<Float>(count: share * pool.workers)
    let floats = Common(arena.base)
    let kernels = Common(unfold_active_kernels())
    let read = Atomic(0)
    let flushing = Atomic(0)
    try resources.communicator.barrier()
    let started = DispatchTime.now().uptimeNanoseconds
    pool.run { worker in
      if unfold_flushes_denormals() { flushing.add(1, ordering: .relaxed) }
      while DispatchTime.now().uptimeNanoseconds - started < Self.nanoseconds {
        _ = kernels.pointee.read_memory(floats.base + worker * share, share, true)
        read.add(share, ordering: .relaxed)
      }
    }
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) * 1e-9
    bytesPerSecond =
      Double(read.load(ordering: .relaxed) * MemoryLayout<Float>.stride) / seconds
    flushingWorkers = flushing.load(ordering: .relaxed)
  }

  /// So much memory for each worker that a node's caches do not hold all of it, and no more of the
  /// node's than an eighth.
  private static func floatsOfWorker(workersOfNode workers: Int) -> Int {
    let mebibyte = 1_048_576.0
    let wanted = max(32 * mebibyte, 256 * mebibyte / Double(workers))
    let most = (MemoryLimit.available?.bytes ?? .infinity) / 8 / Double(workers)
    let bytes = max(mebibyte, min(wanted, most))
    // Whole pages, whose quarters are whole vectors.
    return Int(bytes) / 4096 * 4096 / MemoryLayout<Float>.stride
  }
}
