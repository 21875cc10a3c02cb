import CKernels
import Storage
import WorkerPool

/// What products share: kernels, pool, the memory of packed weights, and scratch for each worker.
final class ProductResources {
  let kernels: UnsafePointer<UnfoldKernels>
  let pool: WorkerPool
  let packedMemory = PackedMemory()
  private let scratchArena: FloatArena  // [workers, product_scratch]
  private let windowOperands: FloatArena  // two packed operands, each [panels, T·B, panel width]

  init(
    kernels: UnsafePointer<UnfoldKernels>, pool: WorkerPool, widestOperand: Int, maximumRows: Int
  ) {
    self.kernels = kernels
    self.pool = pool
    scratchArena = FloatArena(count: pool.workers * kernels.pointee.product_scratch)
    let panel = kernels.pointee.panel_width
    windowOperands = FloatArena(
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
    of gradients: UnsafePointer<Float>, width: Int, dimensions: WindowDimensions,
    weights left: WeightGradient, _ right: WeightGradient? = nil, biases: BiasGradients?,
    continues: Bool
  ) {
    let table = kernels.pointee
    let leftPacked = windowOperands.base
    let rightPacked = leftPacked + packedCount(left.width) * dimensions.rows
    pool.run { worker in
      let share = Share(worker, of: pool.workers)
      pack(left, dimensions, share, into: leftPacked)
      if let right { pack(right, dimensions, share, into: rightPacked) }
    }
    pool.forEachSlice(of: width) { worker, rows in
      table.window_product(
        gradients, dimensions.timeSteps, dimensions.streams, width, rows.lowerBound,
        rows.upperBound, operand(left, leftPacked), operand(right, rightPacked), biases?.first,
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
    of rows: UnsafePointer<Float>, width: Int, bySymbol symbols: UnsafePointer<Int32>,
    window: WindowDimensions, to table: FloatPointer
  ) {
    pool.forEachSlice(of: width, multipleOf: CacheLine.floats) { _, columns in
      kernels.pointee.scatter_add(
        rows, symbols, window.timeSteps, window.streams, width, columns.lowerBound,
        columns.upperBound, table)
    }
  }

  private func pack(
    _ gradient: WeightGradient, _ dimensions: WindowDimensions, _ share: Share,
    into packed: FloatPointer
  ) {
    let panels = share.range(of: packedCount(gradient.width) / kernels.pointee.panel_width)
    kernels.pointee.pack_window(
      gradient.inputs, dimensions.timeSteps, dimensions.streams, gradient.width,
      gradient.zeroRows, panels.lowerBound, panels.upperBound, packed)
  }

  private func operand(_ gradient: WeightGradient?, _ packed: FloatPointer) -> UnfoldWindowOperand {
    guard let gradient else { return UnfoldWindowOperand() }
    return UnfoldWindowOperand(packed: packed, width: gradient.width, sums: gradient.sums)
  }

  /// Columns of whole panels.
  private func packedCount(_ width: Int) -> Int {
    let panel = kernels.pointee.panel_width
    return (width + panel - 1) / panel * panel
  }
}
