import CKernels
import Storage
import WorkerPool

/// A matrix [k, n] in panels, as products read it.
final class PackedMatrix {
  let k: Int
  let n: Int
  let panels: Int
  private let kernels: UnsafePointer<UnfoldKernels>
  private let arena: FloatArena  // [panels, k, panel width]

  init(k: Int, n: Int, kernels: UnsafePointer<UnfoldKernels>) {
    self.k = k
    self.n = n
    self.kernels = kernels
    let width = kernels.pointee.panel_width
    panels = (n + width - 1) / width
    arena = FloatArena(count: panels * width * k)
  }

  var base: UnsafePointer<Float> { UnsafePointer(arena.base) }

  /// This worker's share of B = Wᵀ from W [n, k]: x·Wᵀ takes a layer's input forward.
  func packTransposed(_ weight: UnsafePointer<Float>, share: Share) {
    let panels = share.range(of: panels)
    kernels.pointee.pack_transposed(
      weight, k, k, n, panels.lowerBound, panels.upperBound, arena.base)
  }

  /// This worker's share of B = W [k, n]: gradient·W takes a gradient back to a layer's input.
  func pack(_ weight: UnsafePointer<Float>, share: Share) {
    let panels = share.range(of: panels)
    kernels.pointee.pack_panels(weight, n, k, n, panels.lowerBound, panels.upperBound, arena.base)
  }

  /// C[rows, n] = start + A[rows, k]·B, for some or all panels of B.
  func multiply(
    _ a: UnsafePointer<Float>, rows: Int, panels part: Range<Int>? = nil, from start: UnfoldStart,
    into c: FloatPointer, scratch: FloatPointer
  ) {
    let part = part ?? 0..<panels
    kernels.pointee.product(
      a, k, rows, k, base, n, part.lowerBound, part.upperBound, start, c, n, scratch)
  }
}
