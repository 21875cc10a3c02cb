import CKernels
import Storage
import Workers

/// Looks symbols up in a table [V, E]; backward adds each time step's gradient to its symbol's row.
final class InputEmbedding {
  private let width: Int
  private let resources: ProductResources
  private let vectors: Arena<Float>  // [T, B, E]
  /// ∂L/∂vectors, written by the first layer.
  let gradient: Arena<Float>  // [T, B, E]
  /// The rows with gradients, if the others are to be left alone.
  let touchedRows: TouchedRows?
  private let slots: Arena<Int32>  // [T, B]
  private let order: SymbolOrder

  init(
    symbols: Int, width: Int, capacity: WindowDimensions, resources: ProductResources,
    touchedRows: TouchedRows?
  ) {
    self.width = width
    self.resources = resources
    self.touchedRows = touchedRows
    slots = Arena(count: touchedRows == nil ? 0 : capacity.rows)
    order = SymbolOrder(symbols: symbols, rows: capacity.rows)
    vectors = Arena(count: capacity.rows * width)
    gradient = Arena(count: capacity.rows * width)
  }

  /// The vectors of the window's symbols.
  func forward(_ symbols: Common<Int32>, table: UnsafePointer<Float>, window: WindowDimensions) {
    let (table, vectors, width) = (Common(table), Disjoint(vectors.base), width)
    let kernels = resources.kernels
    resources.pool.forEachSlice(of: window.rows) { _, rows in
      kernels.pointee.gather_rows(
        table.base, width, symbols + rows.lowerBound, rows.count,
        vectors + rows.lowerBound * width)
    }
  }

  /// What `forward` left.
  var output: FloatPointer { vectors.base }  // [T, B, E]

  /// Sums the time steps' gradients by symbol into the symbols' rows, which are zero, or into those
  /// rows' places among the touched.
  func formGradients(of batch: NetworkBatch, at table: FloatPointer) {
    guard let symbols = batch.symbols else { return }
    var (places, target) = (symbols, table)
    if let touchedRows {
      for row in 0..<batch.dimensions.rows {
        slots.base[row] = touchedRows.slot(of: symbols[row])
      }
      (places, target) = (Common(slots.base), table + touchedRows.packedStart)
    }
    resources.sumRows(
      of: Common(gradient.base), width: width, order.sort(batch, as: places), batch, into: target)
  }
}
