import CKernels
import WorkerPool

/// The norm of a gradient arena, with the same bits for any number of workers.
///
/// The arena is cut into blocks of fixed size. Each block's sum of squares is formed by one worker
/// in double precision, and the sums of the blocks are added in their order.
package struct GlobalNorm: ~Copyable {
  /// The elements of one block: 64 KiB, which fits the second-level cache.
  package static let blockSize = 16384

  private let blockSums: UnsafeMutableBufferPointer<Double>
  private let count: Int

  /// Makes room for the block sums of up to `count` elements.
  package init(count: Int) {
    precondition(count >= 0, "the count must be at least 0, got \(count)")
    self.count = count
    blockSums = .allocate(capacity: (count + Self.blockSize - 1) / Self.blockSize)
    blockSums.initialize(repeating: 0)
  }

  deinit { blockSums.deallocate() }

  /// √(Σ gᵢ²) over `count` elements; not finite if an element is not. It does not allocate.
  package func callAsFunction(
    of values: UnsafePointer<Float>, count: Int, pool: WorkerPool
  ) -> Double {
    precondition(count <= self.count, "made for \(self.count) elements, got \(count)")
    let sums = blockSums.prefix((count + Self.blockSize - 1) / Self.blockSize)
    pool.forEachSlice(of: sums.count, multipleOf: 1) { _, blocks in
      for block in blocks {
        let start = block * Self.blockSize
        blockSums[block] = unfold_sum_of_squares(values + start, min(Self.blockSize, count - start))
      }
    }
    var total = 0.0
    for sum in sums { total += sum }
    return total.squareRoot()
  }
}
