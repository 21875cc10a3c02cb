import CKernels
import Storage
import WorkerPool

/// Looks symbols up in a table [V, E]; backward adds each time step's gradient to its symbol's row.
final class InputEmbedding {
  private let width: Int
  private let resources: ProductResources
  private let vectors: FloatArena  // [T, B, E]
  /// ∂L/∂vectors, written by the first layer.
  let gradient: FloatArena  // [T, B, E]

  init(width: Int, capacity: WindowDimensions, resources: ProductResources) {
    self.width = width
    self.resources = resources
    vectors = FloatArena(count: capacity.rows * width)
    gradient = FloatArena(count: capacity.rows * width)
  }

  func forward(
    _ symbols: UnsafePointer<Int32>, table: UnsafePointer<Float>, window: WindowDimensions
  ) -> FloatPointer {  // [T, B, E]
    resources.pool.forEachSlice(of: window.rows) { _, rows in
      resources.kernels.pointee.gather_rows(
        table, width, symbols + rows.lowerBound, rows.count,
        vectors.base + rows.lowerBound * width)
    }
    return vectors.base
  }

  func addGradient(
    _ symbols: UnsafePointer<Int32>, window: WindowDimensions, to table: FloatPointer
  ) {
    resources.addRows(
      of: gradient.base, width: width, bySymbol: symbols, window: window, to: table)
  }
}
