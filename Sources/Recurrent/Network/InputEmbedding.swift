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
  /// The rows with gradients, if the others are to be left alone.
  let touchedRows: TouchedRows?
  private let slots: UnsafeMutableBufferPointer<Int32>  // [T, B]

  init(
    width: Int, capacity: WindowDimensions, resources: ProductResources, touchedRows: TouchedRows?
  ) {
    self.width = width
    self.resources = resources
    self.touchedRows = touchedRows
    slots = .allocate(capacity: touchedRows == nil ? 0 : capacity.rows)
    slots.initialize(repeating: 0)
    vectors = FloatArena(count: capacity.rows * width)
    gradient = FloatArena(count: capacity.rows * width)
  }

  deinit { slots.deallocate() }

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

  /// Adds each time step's gradient to its symbol's row, or to that row's place among the touched.
  func addGradient(
    _ symbols: UnsafePointer<Int32>, window: WindowDimensions, to table: FloatPointer
  ) {
    var (places, target) = (symbols, table)
    if let touchedRows, let base = slots.baseAddress {
      for row in 0..<window.rows { base[row] = touchedRows.slot(of: symbols[row]) }
      (places, target) = (UnsafePointer(base), table + touchedRows.packedStart)
    }
    resources.addRows(of: gradient.base, width: width, bySymbol: places, window: window, to: target)
  }
}
