import CKernels
import Storage

/// A matrix B [k, n] in panels, as products read it.
final class PackedMatrix: Sendable {
  let k: Int
  let n: Int
  let panels: Int
  private let kernels: Common<UnfoldKernels>
  private let memory: PackedMemory
  private let offset: Int

  init(k: Int, n: Int, resources: ProductResources) {
    self.k = k
    self.n = n
    kernels = resources.kernels
    memory = resources.packedMemory
    let width = kernels.pointee.panel_width
    panels = (n + width - 1) / width
    offset = memory.reserve(panels * width * k)
  }

  var base: FloatPointer { memory.base + offset }  // [panels, k, panel width]

  /// C[rows, n] = start + A[rows, k]·B, for some or all panels of B.
  func multiply(
    _ a: UnsafePointer<Float>, rows: Int, panels part: Range<Int>? = nil, from start: ProductStart,
    into c: FloatPointer, scratch: FloatPointer
  ) {
    let part = part ?? 0..<panels
    var start = start.kernelStart
    kernels.pointee.product(
      a, k, rows, k, base, n, part.lowerBound, part.upperBound, &start, c, n, scratch)
  }
}
