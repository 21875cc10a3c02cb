import CMessagePassing
import Storage

/// How many pieces of its partial sums each rank of the node has finished since the beginning.
///
/// Sendable, since the counters are atomic and their memory is the arena's, which outlives it.
struct Arrivals: @unchecked Sendable {
  private let counters: UnsafeMutableRawPointer  // [ranks, a cache line]
  private let rank: Int
  private let ranks: Int

  /// The floats that the counters of so many ranks take.
  static func floatCount(ranks: Int) -> Int { ranks * CacheLine.floats }

  /// - Parameters:
  ///   - floats: zero-filled memory that the ranks share.
  ///   - rank: this one's number among them.
  ///   - ranks: how many they are.
  init(at floats: FloatPointer, rank: Int, of ranks: Int) {
    counters = UnsafeMutableRawPointer(floats)
    self.rank = rank
    self.ranks = ranks
  }

  private func counter(_ rank: Int) -> UnsafeMutablePointer<UInt64> {
    (counters + rank * CacheLine.bytes).assumingMemoryBound(to: UInt64.self)
  }

  /// Tells the others that this rank has finished so many.
  func publish(_ count: Int) { unfold_publish(counter(rank), UInt64(count)) }

  /// Whether all have finished so many: what they stored before can be read then.
  func haveReached(_ count: Int) -> Bool {
    (0..<ranks).allSatisfy { unfold_published(counter($0)) >= count }
  }
}
