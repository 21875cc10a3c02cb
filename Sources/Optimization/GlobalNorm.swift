import CKernels
import WorkerPool

/// The norm of a gradient arena, with the same bits for any number of workers, and of ranks that
/// form it together.
///
/// The arena is cut into blocks of fixed size. Each block's sum of squares is formed by one worker
/// in double precision, and the sums of the blocks are added in their order.
package struct GlobalNorm {
  /// The elements of one block: 64 KiB, which fits the second-level cache.
  package static let blockSize = 16384

  private let count: Int
  private let blockSums: UnsafeMutableBufferPointer<Double>  // [blockCount]

  /// How many block sums `count` elements have.
  package static func blockCount(of count: Int) -> Int { (count + blockSize - 1) / blockSize }

  /// The norm of `count` elements, with room for their block sums.
  package init(count: Int, blockSums: UnsafeMutablePointer<Double>) {
    precondition(count >= 0, "the count must be at least 0, got \(count)")
    self.count = count
    self.blockSums = UnsafeMutableBufferPointer(
      start: blockSums, count: Self.blockCount(of: count))
  }

  /// Forms the sums of this rank's share of the blocks. It does not allocate.
  package func sumBlocks(of values: UnsafePointer<Float>, share: Share, pool: WorkerPool) {
    let own = share.range(of: blockSums.count)
    pool.forEachSlice(of: own.count) { _, slice in
      for index in slice {
        let block = own.lowerBound + index
        let start = block * Self.blockSize
        blockSums[block] = unfold_sum_of_squares(values + start, min(Self.blockSize, count - start))
      }
    }
  }

  /// √(Σ vᵢ²), once all blocks have their sums. It is not finite if an element is not, or if its
  /// square exceeds single precision (from 1.8e19 on).
  package var value: Double {
    var total = 0.0
    for sum in blockSums { total += sum }
    return total.squareRoot()
  }
}
