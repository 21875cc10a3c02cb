import CKernels
import Storage
import Workers

/// The memory of sums and the additions between them.
///
/// Sendable by the invariant of ``Disjoint``: workers add slices that do not overlap.
package final class SumPlaces: @unchecked Sendable {
  private let bases: Arena<UnsafeMutablePointer<Float>>
  private let additions: Arena<TreeSums.Addition>
  private let kernels = Common(unfold_active_kernels())

  /// So many floats of every place stay in the first-level cache from one addition to the next.
  private static let blockSize = 1024

  /// Additions between places.
  package init(_ additions: [TreeSums.Addition], bases: [UnsafeMutablePointer<Float>]) {
    self.additions = Arena(additions)
    self.bases = Arena(bases)
  }

  /// The first float of a place.
  package subscript(place: Int) -> UnsafeMutablePointer<Float> { bases.base[place] }

  /// Does the additions for some floats of every place, cut among the workers.
  package func add(_ range: Range<Int>, pool: WorkerPool) {
    guard additions.count > 0 else { return }
    pool.forEachSlice(of: range.count, multipleOf: CacheLine.floats) { _, slice in
      let end = range.lowerBound + slice.upperBound
      var start = range.lowerBound + slice.lowerBound
      while start < end {
        let count = min(Self.blockSize, end - start)
        for index in 0..<additions.count {
          let addition = additions.base[index]
          let sum = bases.base[addition.left] + start
          kernels.pointee.add(sum, bases.base[addition.right] + start, count, sum)
        }
        start += count
      }
    }
  }
}
