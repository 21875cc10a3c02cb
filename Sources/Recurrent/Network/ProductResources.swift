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
  /// One worker takes all columns at once, with their inputs as they come, where it has so few sums.
  private static let mostGathered = 1 << 17

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

  /// The gradients of a batch's weights and biases; see below.
  func formGradients(
    of gradients: Common<Float>, width: Int, _ batch: NetworkBatch, weights left: WeightGradient,
    _ right: WeightGradient? = nil, biases: BiasGradients?
  ) {
    formGradients(
      of: gradients, width: width, batch.dimensions, batch.leaves, weights: left, right,
      biases: biases)
  }

  /// Puts Σ gradients[t, b, i]·inputs[t, b, n] at each weight's sums, and Σ gradients[t, b, i] at each
  /// bias's: the gradients of weights and biases that share the gradients of their sums. Each worker takes
  /// some columns i.
  func formGradients(
    of gradients: Common<Float>, width: Int, _ window: WindowDimensions, _ leaves: WindowLeaves,
    weights left: WeightGradient, _ right: WeightGradient? = nil, biases: BiasGradients?
  ) {
    let packed = packed(left, right, of: width, window)
    pool.forEachSlice(of: width, multipleOf: kernels.pointee.panel_width) { worker, columns in
      kernels.pointee.window_product(
        gradients.base, window.timeSteps, window.streams, width, columns.lowerBound,
        columns.upperBound, UnfoldLeaves(ends: leaves.ends?.base, count: leaves.count),
        UnfoldWindowInput(left), UnfoldWindowInput(right), packed?.base, biases?.first.base,
        scratch(worker: worker))
      if let biases, let second = biases.second {
        // Both of PyTorch's biases stand in the same sum.
        (second + columns.lowerBound).update(
          from: biases.first + columns.lowerBound, count: columns.count)
      }
    }
  }

  private func isGathered(_ width: Int, inputs: Int) -> Bool {
    let columns = width + kernels.pointee.panel_width
    return pool.workers == 1 && columns + inputs <= kernels.pointee.gathered_columns
      && columns * inputs <= Self.mostGathered
  }

  /// The inputs in tiles, or nil where they are better read where they lie.
  private func packed(
    _ left: WeightGradient, _ right: WeightGradient?, of width: Int, _ window: WindowDimensions
  ) -> Common<Float>? {
    guard width > kernels.pointee.few_columns,
      !isGathered(width, inputs: left.width + (right?.width ?? 0) + 1)
    else { return nil }
    let packed = Disjoint(windowInputs.base)
    pool.forEachSlice(of: window.rows) { _, rows in
      kernels.pointee.pack_window(
        UnfoldWindowInput(left), UnfoldWindowInput(right), window.timeSteps, window.streams,
        rows.lowerBound, rows.upperBound, packed.base)
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
