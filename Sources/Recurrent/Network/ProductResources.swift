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

  init(
    kernels: Common<UnfoldKernels>, pool: WorkerPool, widestOperand: Int, maximumRows: Int
  ) {
    self.kernels = kernels
    self.pool = pool
    scratchArena = Arena(count: pool.workers * kernels.pointee.product_scratch)
    let panel = kernels.pointee.panel_width
    windowOperands = Arena<Float>(
      count: 2 * ((widestOperand + panel - 1) / panel * panel) * maximumRows)
  }

  func scratch(worker: Int) -> FloatPointer {
    scratchArena.base + worker * kernels.pointee.product_scratch
  }

  /// Adds Σ gradients[t, b, i]·inputs[t, b, n] to each operand's sums, and Σ gradients[t, b, i] to
  /// each bias's, or puts them in their place unless it `continues`: the gradients of weights and
  /// biases that share the gradients of their sums. First the inputs are packed, then each worker
  /// takes some rows i.
  func addGradients(
    of gradients: Common<Float>, width: Int, dimensions: WindowDimensions,
    weights left: WeightGradient, _ right: WeightGradient? = nil, biases: BiasGradients?,
    continues: Bool
  ) {
    let leftPacked = Disjoint(windowOperands.base)
    let rightPacked = Disjoint(leftPacked + packedCount(left.width) * dimensions.rows)
    pool.run { worker in
      let share = Share(worker, of: pool.workers)
      pack(left, dimensions, share, into: leftPacked)
      if let right { pack(right, dimensions, share, into: rightPacked) }
    }
    pool.forEachSlice(of: width) { worker, rows in
      kernels.pointee.window_product(
        gradients.base, dimensions.timeSteps, dimensions.streams, width, rows.lowerBound,
        rows.upperBound, operand(left, leftPacked), operand(right, rightPacked), biases?.first.base,
        continues, scratch(worker: worker))
      if let biases, let second = biases.second {
        // Both of PyTorch's biases stand in the same sum.
        (second + rows.lowerBound).update(from: biases.first + rows.lowerBound, count: rows.count)
      }
    }
  }

  /// table[symbols[t, b]] += rows[t, b]. Each worker adds some columns, so that a symbol's sum always
  /// runs in the same order.
  func addRows(
    of rows: Common<Float>, width: Int, bySymbol symbols: Common<Int32>,
    window: WindowDimensions, to table: FloatPointer
  ) {
    let table = Disjoint(table)
    pool.forEachSlice(of: width, multipleOf: CacheLine.floats) { _, columns in
      kernels.pointee.scatter_add(
        rows.base, symbols.base, window.timeSteps, window.streams, width, columns.lowerBound,
        columns.upperBound, table.base)
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
