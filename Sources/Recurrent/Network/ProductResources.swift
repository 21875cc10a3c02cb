import CKernels
import Storage
import Workers

/// What products share: kernels, pool, the memory of packed weights, and scratch for each worker.
final class ProductResources: Sendable {
  let kernels: Common<UnfoldKernels>
  let pool: WorkerPool
  let packedMemory = PackedMemory()
  private let scratchArena: Arena<Float>  // [workers, product_scratch]
  private let windowOperands: Arena<Float>  // two packed operands, each [panels, T·B, panel width]

  private let scratchCount: Int

  /// - Parameters:
  ///   - widestOperand: columns of the widest inputs of a weight.
  ///   - widestRow: columns of the widest rows that are summed by symbol.
  ///   - maximumRows: rows of the longest window.
  ///   - leaves: the most leaves of a window.
  init(
    kernels: Common<UnfoldKernels>, pool: WorkerPool, widestOperand: Int, widestRow: Int,
    maximumRows: Int, leaves: Int
  ) {
    self.kernels = kernels
    self.pool = pool
    // The leaves are halved as often as there are bits below their number.
    let halvings = Int.bitWidth - (max(1, leaves) - 1).leadingZeroBitCount
    let spare = max(
      halvings * kernels.pointee.spare_rows * (2 * widestOperand + 1), halvings * widestRow)
    scratchCount = CacheLine.padded(kernels.pointee.product_scratch + spare)
    scratchArena = Arena(count: pool.workers * scratchCount)
    let panel = kernels.pointee.panel_width
    windowOperands = Arena<Float>(
      count: 2 * ((widestOperand + panel - 1) / panel * panel) * maximumRows)
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

  /// Puts Σ gradients[t, b, i]·inputs[t, b, n] at each operand's sums, and Σ gradients[t, b, i] at each
  /// bias's: the gradients of weights and biases that share the gradients of their sums. First the
  /// inputs are packed, then each worker takes some rows i.
  func formGradients(
    of gradients: Common<Float>, width: Int, _ window: WindowDimensions, _ leaves: WindowLeaves,
    weights left: WeightGradient, _ right: WeightGradient? = nil, biases: BiasGradients?
  ) {
    let leftPacked = Disjoint(windowOperands.base)
    let rightPacked = Disjoint(leftPacked + packedCount(left.width) * window.rows)
    pool.run { worker in
      let share = Share(worker, of: pool.workers)
      pack(left, window, share, into: leftPacked)
      if let right { pack(right, window, share, into: rightPacked) }
    }
    pool.forEachSlice(of: width) { worker, rows in
      kernels.pointee.window_product(
        gradients.base, window.timeSteps, window.streams, width, rows.lowerBound, rows.upperBound,
        UnfoldLeaves(ends: leaves.ends?.base, count: leaves.count), operand(left, leftPacked),
        operand(right, rightPacked), biases?.first.base, scratch(worker: worker))
      if let biases, let second = biases.second {
        // Both of PyTorch's biases stand in the same sum.
        (second + rows.lowerBound).update(from: biases.first + rows.lowerBound, count: rows.count)
      }
    }
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

  private func pack(
    _ gradient: WeightGradient, _ dimensions: WindowDimensions, _ share: Share,
    into packed: Disjoint<Float>
  ) {
    let panels = share.range(of: packedCount(gradient.width) / kernels.pointee.panel_width)
    kernels.pointee.pack_window(
      gradient.inputs.base, dimensions.timeSteps, dimensions.streams, gradient.width,
      gradient.zeroRows?.base, panels.lowerBound, panels.upperBound, packed.base)
  }

  private func operand(
    _ gradient: WeightGradient?, _ packed: Disjoint<Float>
  ) -> UnfoldWindowOperand {
    guard let gradient else { return UnfoldWindowOperand() }
    return UnfoldWindowOperand(
      packed: packed.base, width: gradient.width, sums: gradient.sums.base)
  }

  /// Columns of whole panels.
  private func packedCount(_ width: Int) -> Int {
    let panel = kernels.pointee.panel_width
    return (width + panel - 1) / panel * panel
  }
}
