import CKernels
import Storage
import Workers

/// A weight W [rows, columns] in the two forms in which products read it.
final class PackedWeight: Sendable {
  /// Wᵀ: x·Wᵀ takes an input forward. It has no rows where a cell does so by itself.
  let forward: PackedMatrix  // [columns, rows]
  /// W: gradient·W takes a gradient back to the input. It has no rows where nothing is to go back.
  let backward: PackedMatrix  // [rows, columns]
  private let kernels: Common<UnfoldKernels>
  private let rows: Int
  private let columns: Int

  init(
    rows: Int, columns: Int, goesForward: Bool = true, goesBack: Bool = true,
    resources: ProductResources
  ) {
    self.rows = rows
    self.columns = columns
    kernels = resources.kernels
    forward = PackedMatrix(k: goesForward ? columns : 0, n: rows, resources: resources)
    backward = PackedMatrix(k: goesBack ? rows : 0, n: columns, resources: resources)
  }

  /// Brings this worker's part of the rank's share up to date with the weight.
  func pack(_ weight: UnsafePointer<Float>, share: Share, worker: Share) {
    let groups = worker.range(of: share.range(of: forward.panels))
    kernels.pointee.pack_weight(
      weight, rows, columns, groups.lowerBound, groups.upperBound,
      forward.k > 0 ? forward.base : nil, backward.k > 0 ? backward.base : nil)
  }
}
