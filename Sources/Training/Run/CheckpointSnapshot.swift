import Storage
import Workers

/// A copy of weights and moments, made between two steps and kept while a checkpoint of it is written.
///
/// There is one on rank 0, used again and again. Sendable by this invariant, which `CheckpointRecorder`
/// keeps: it is filled only while nobody writes it to the disk.
final class CheckpointSnapshot: Sendable {
  private let values: Arena<Float>  // [1 + moments, parameters]

  /// Allocates the memory, which is touched so that no copy has to wait for the system's pages.
  init(count: Int) { values = Arena(count: count) }

  /// The weights, and after them the moments.
  var base: UnsafePointer<Float> { UnsafePointer(values.base) }

  /// Copies weights and moments, by all workers.
  func fill(from contents: UnsafeBufferPointer<Float>, pool: WorkerPool) {
    precondition(
      contents.count == values.count, "\(contents.count) floats for \(values.count) of a snapshot")
    guard let start = contents.baseAddress else { return }
    let (source, target) = (Common(start), Disjoint(values.base))
    pool.forEachSlice(of: contents.count, multipleOf: 1 << 12) { _, slice in
      (target + slice.lowerBound).update(from: source + slice.lowerBound, count: slice.count)
    }
  }

  /// The bytes that one takes, before it is allocated.
  static func bytes(parameterCount: Double, moments: Int) -> Double {
    Double(MemoryLayout<Float>.size) * parameterCount * (1 + Double(moments))
  }
}
