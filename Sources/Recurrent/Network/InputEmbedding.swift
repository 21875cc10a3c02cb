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

  /// Each worker adds some columns, so that a symbol's sum always runs in the same order.
  func addGradient(
    _ symbols: UnsafePointer<Int32>, window: WindowDimensions, to table: FloatPointer
  ) {
    let cacheLine = 16
    resources.pool.forEachSlice(of: width, multipleOf: cacheLine) { _, columns in
      resources.kernels.pointee.scatter_add(
        gradient.base, symbols, window.timeSteps, window.streams, width, columns.lowerBound,
        columns.upperBound, table)
    }
  }
}
