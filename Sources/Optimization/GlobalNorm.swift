import CKernels
import Storage
import Workers

/// The norm of all gradients, with the same bits for any number of workers, and of ranks that form it
/// together.
///
/// Each region is cut into blocks of fixed size. Each block's sum of squares is formed by one worker
/// in double precision, and the sums of the blocks are added in their order.
package struct GlobalNorm {
  /// The elements of one block: 64 KiB, which fits the second-level cache.
  package static let blockSize = 16384

  private let regions: [GradientRegion]
  private let blockSums: Disjoint<Double>  // [blockCount]

  /// How many block sums these regions have, if all rows of tables are touched.
  package static func blockCount(of regions: [GradientRegion]) -> Int {
    regions.reduce(0) { $0 + blockCount(of: $1.range) }
  }

  private static func blockCount(of range: Range<Int>) -> Int {
    (range.count + blockSize - 1) / blockSize
  }

  /// The norm of these regions, with room for their block sums.
  package init(of regions: [GradientRegion], blockSums: UnsafeMutablePointer<Double>) {
    self.regions = regions
    self.blockSums = Disjoint(blockSums)
  }

  /// Forms the sums of this rank's share of the blocks. It does not allocate.
  package func sumBlocks(of gradients: UnsafePointer<Float>, share: Share, pool: WorkerPool) {
    let (gradients, blockSums) = (Common(gradients), blockSums)
    let kernels = Common(unfold_active_kernels())
    var first = 0
    for region in regions {
      let values = region.values
      let own = share.range(of: Self.blockCount(of: values))
      let sums = Disjoint(blockSums + first)
      pool.forEachSlice(of: own.count) { _, slice in
        for block in own.lowerBound + slice.lowerBound..<own.lowerBound + slice.upperBound {
          let start = values.lowerBound + block * Self.blockSize
          sums[block] = kernels.pointee.sum_of_squares(
            gradients + start, min(Self.blockSize, values.upperBound - start))
        }
      }
      first += Self.blockCount(of: region.range)
    }
  }

  /// √(Σ vᵢ²), once all blocks have their sums. It is not finite if an element is not, or if its
  /// square exceeds single precision (from 1.8e19 on).
  package var value: Double {
    var (total, first) = (0.0, 0)
    for region in regions {
      for block in 0..<Self.blockCount(of: region.values) { total += blockSums[first + block] }
      first += Self.blockCount(of: region.range)
    }
    return total.squareRoot()
  }
}
