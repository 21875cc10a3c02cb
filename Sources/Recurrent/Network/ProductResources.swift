import CKernels
import Storage
import Workers

/// What products share: kernels, pool, the memory of packed weights, and scratch for each worker.
final class ProductResources: Sendable {
  let kernels: Common<UnfoldKernels>
  let pool: WorkerPool
  let packedMemory = PackedMemory()
  private let scratchArena: Arena<Float>  // [workers, scratchCount]
  private let windowInputs: Arena<Float>  // [T·B, width of two inputs + 1]

  private let scratchCount: Int
  /// One worker takes all columns at once, with their inputs as they come, where it has so few sums, and
  /// at least so much of k at a time.
  private static let mostGathered = 1 << 17
  private static let leastGathered = 16

  /// - Parameters:
  ///   - widestOperand: columns of the widest inputs of a weight.
  ///   - widestGradient: columns of the widest gradients of a window.
  ///   - widestRow: columns of the widest rows that are summed by symbol.
  ///   - maximumRows: rows of the longest window.
  ///   - leaves: the most leaves of a window.
  init(
    kernels: Common<UnfoldKernels>, pool: WorkerPool, widestOperand: Int, widestGradient: Int,
    widestRow: Int, maximumRows: Int, leaves: Int
  ) {
    self.kernels = kernels
    self.pool = pool
    // The leaves are halved as often as there are bits below their number.
    let halvings = Int.bitWidth - (max(1, leaves) - 1).leadingZeroBitCount
    let inputWidth = 2 * widestOperand + 1
    let columns = widestGradient + kernels.pointee.panel_width
    let gathered = pool.workers == 1 ? min(Self.mostGathered, columns * inputWidth) : 0
    let sums = max(kernels.pointee.window_columns * inputWidth, gathered)
    let partials = max((halvings + 1) * sums, halvings * widestRow)
    scratchCount = CacheLine.padded(kernels.pointee.product_scratch + partials)
    scratchArena = Arena(count: pool.workers * scratchCount)
    windowInputs = Arena<Float>(count: inputWidth * maximumRows)
  }

  func scratch(worker: Int) -> FloatPointer { scratchArena.base + worker * scratchCount }

  /// Forms all sums of a product. Each worker takes some columns of the gradients.
  func form(_ product: WindowProduct, over window: WindowDimensions, _ leaves: WindowLeaves) {
    let packed = packed(product, over: window, leaves)
    pool.forEachSlice(of: product.width, multipleOf: kernels.pointee.panel_width) {
      worker, columns in
      kernels.pointee.window_product(
        product.gradients.base, UnfoldWindow(window, leaves), product.width, columns.lowerBound,
        columns.upperBound, UnfoldWindowInput(product.left), UnfoldWindowInput(product.right),
        packed?.base, product.biases?.first.base, scratch(worker: worker))
      product.biases?.copy(columns)
    }
  }

  private func isGathered(_ product: WindowProduct) -> Bool {
    let columns = product.width + kernels.pointee.panel_width
    let k = kernels.pointee.gathered_floats / (columns + product.rows)
    return pool.workers == 1 && k >= Self.leastGathered
      && columns * product.rows <= Self.mostGathered
  }

  /// The inputs in tiles, or nil where they are better read where they lie.
  private func packed(
    _ product: WindowProduct, over window: WindowDimensions, _ leaves: WindowLeaves
  ) -> Common<Float>? {
    guard product.width > kernels.pointee.few_columns, !isGathered(product) else { return nil }
    let packed = Disjoint(windowInputs.base)
    pool.forEachSlice(of: window.rows) { _, rows in
      kernels.pointee.pack_window(
        UnfoldWindowInput(product.left), UnfoldWindowInput(product.right),
        UnfoldWindow(window, leaves), rows.lowerBound, rows.upperBound, packed.base)
    }
    return Common(packed.base)
  }

  /// table[symbol] = Σ of the symbol's rows of `values`, for the symbols that have rows. Each worker
  /// takes some columns.
  func sumRows(
    of values: Common<Float>, width: Int, _ rows: Common<UnfoldSymbolRow>, _ batch: NetworkBatch,
    into table: FloatPointer
  ) {
    let table = Disjoint(table)
    pool.forEachSlice(of: width, multipleOf: CacheLine.floats) { worker, columns in
      kernels.pointee.sum_by_symbol(
        values.base, width, rows.base, batch.dimensions.rows, batch.leaves.count,
        columns.lowerBound, columns.upperBound, table.base, scratch(worker: worker))
    }
  }
}
