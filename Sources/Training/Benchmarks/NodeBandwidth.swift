import CKernels
import Communication
import Dispatch
import Storage
import Workers

/// How fast the ranks of a node, all their workers at once, go through memory of their own.
///
/// Each rank goes through as many bytes as a sum has, which is its part of what an exchange touches
/// on the node; so both lie in the same cache, or in none.
final class NodeBandwidth {
  private enum Movement { case reading, updating }

  private let communicator: any Communicator
  private let pool: WorkerPool
  private let memory: Arena<Float>

  /// In a longer block its fork counts less; the fastest of some blocks counts.
  private static let secondsOfBlock = 0.005
  private static let blocks = 3
  /// Floats that a worker takes at least, as the kernels need some vectors to go through.
  private static let granule = 1024

  /// For sums of up to `floats`.
  init(floats: Int, communicator: any Communicator, pool: WorkerPool) {
    self.communicator = communicator
    self.pool = pool
    memory = Arena(count: floats)
  }

  /// The seconds in which the node's cores can read all partial sums and write the sum in the place
  /// of one, by what the slowest rank of the job needs. Collective.
  func seconds(_ demand: ExchangeDemand) throws(CommunicationError) -> Double {
    let count = demand.bytes / MemoryLayout<Float>.stride
    let reading = try seconds(.reading, count)
    let updating = try seconds(.updating, count)
    // In that time each of the ranks goes through so many bytes.
    return (Double(demand.slots - 1) * reading + updating) / Double(demand.ranks)
  }

  /// The seconds in which every rank goes once through `count` floats.
  private func seconds(
    _ movement: Movement, _ count: Int
  ) throws(CommunicationError) -> Double {
    var fastest = Double.infinity
    for isSpread in [false, true] {
      // All ranks see the same seconds, and so make as many passes.
      var passes = 1
      while try block(movement, count, isSpread, passes: passes) < Self.secondsOfBlock {
        passes *= 2
      }
      for _ in 0..<Self.blocks {
        let seconds = try block(movement, count, isSpread, passes: passes) / Double(passes)
        fastest = min(fastest, seconds)
      }
    }
    return fastest
  }

  /// The seconds of some passes on the slowest rank, all of them at once.
  private func block(
    _ movement: Movement, _ count: Int, _ isSpread: Bool, passes: Int
  ) throws(CommunicationError) -> Double {
    let kernels = Common(unfold_active_kernels())
    let memory = Disjoint(self.memory.base)
    try communicator.barrier()
    let started = DispatchTime.now().uptimeNanoseconds
    pool.forEachSlice(of: count, multipleOf: Self.granule) { _, slice in
      let part = memory + slice.lowerBound
      for _ in 0..<passes {
        switch movement {
        case .reading: _ = kernels.pointee.read_memory(part, slice.count, isSpread)
        case .updating: kernels.pointee.update_memory(part, slice.count, isSpread)
        }
      }
    }
    let own = Int64(DispatchTime.now().uptimeNanoseconds - started)
    return Double(try communicator.allreduceMaximum(own)) * 1e-9
  }
}
