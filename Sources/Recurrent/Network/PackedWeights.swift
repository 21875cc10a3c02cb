import CKernels
import Storage
import WorkerPool

/// A matrix [k, n] in panels, as products read it.
final class PackedMatrix {
  let k: Int
  let n: Int
  let panels: Int
  private let kernels: UnsafePointer<UnfoldKernels>
  private let arena: FloatArena  // [panels, k, panel width]

  init(k: Int, n: Int, kernels: UnsafePointer<UnfoldKernels>) {
    self.k = k
    self.n = n
    self.kernels = kernels
    let width = kernels.pointee.panel_width
    panels = (n + width - 1) / width
    arena = FloatArena(count: panels * width * k)
  }

  var base: UnsafePointer<Float> { UnsafePointer(arena.base) }

  /// B = Wᵀ from W [n, k]: x·Wᵀ takes a layer's input forward.
  func packTransposed(_ weight: UnsafePointer<Float>, pool: WorkerPool) {
    pool.forEachSlice(of: panels) { _, panels in
      kernels.pointee.pack_transposed(
        weight, k, k, n, panels.lowerBound, panels.upperBound, arena.base)
    }
  }

  /// B = W [k, n]: gradient·W takes a gradient back to a layer's input.
  func pack(_ weight: UnsafePointer<Float>, pool: WorkerPool) {
    pool.forEachSlice(of: panels) { _, panels in
      kernels.pointee.pack_panels(
        weight, n, k, n, panels.lowerBound, panels.upperBound, arena.base)
    }
  }

  /// C[rows, n] = (accumulating ? C : 0) + A[rows, k]·B.
  func multiply(
    _ a: UnsafePointer<Float>, rows: Int, into c: FloatPointer, accumulating: Bool,
    scratch: FloatPointer
  ) {
    kernels.pointee.product(a, k, rows, k, base, n, 0, panels, c, n, accumulating, scratch)
  }
}

/// What the products of a phase share: kernels, pool, and scratch for each worker.
final class ProductResources {
  let kernels: UnsafePointer<UnfoldKernels>
  let pool: WorkerPool
  private let scratchArena: FloatArena  // [workers, product_scratch]
  private let windowOperand: FloatArena  // a packed window operand, [panels, T·B, panel width]

  init(
    kernels: UnsafePointer<UnfoldKernels>, pool: WorkerPool, widestOperand: Int, maximumRows: Int
  ) {
    self.kernels = kernels
    self.pool = pool
    scratchArena = FloatArena(count: pool.workers * kernels.pointee.product_scratch)
    let width = kernels.pointee.panel_width
    windowOperand = FloatArena(count: (widestOperand + width - 1) / width * width * maximumRows)
  }

  func scratch(worker: Int) -> FloatPointer {
    scratchArena.base + worker * kernels.pointee.product_scratch
  }

  /// result[i, n] += Σ gradients[t, b, i]·inputs[t, b, n]: the gradient of a weight matrix, in
  /// blocks of its rows; `zeroRows` marks inputs that were zero.
  func addWeightGradient(
    of gradients: UnsafePointer<Float>, width: Int, inputs: UnsafePointer<Float>, inputWidth: Int,
    zeroRows: UnsafePointer<UInt8>?, dimensions: WindowDimensions, to result: FloatPointer
  ) {
    let table = kernels.pointee
    let panels = (inputWidth + table.panel_width - 1) / table.panel_width
    pool.forEachSlice(of: panels) { _, panels in
      table.pack_window(
        inputs, dimensions.timeSteps, dimensions.streams, inputWidth, zeroRows,
        panels.lowerBound, panels.upperBound, windowOperand.base)
    }
    pool.forEachSlice(of: width, multipleOf: table.tile_rows) { worker, rows in
      table.window_product(
        gradients, dimensions.timeSteps, dimensions.streams, width, rows.lowerBound,
        rows.upperBound, windowOperand.base, inputWidth, result, inputWidth,
        scratch(worker: worker))
    }
  }

  /// sums[i] += Σ gradients[t, b, i]: the gradient of a bias.
  func addBiasGradient(
    of gradients: UnsafePointer<Float>, width: Int, dimensions: WindowDimensions,
    to sums: FloatPointer
  ) {
    let cacheLine = 16
    pool.forEachSlice(of: width, multipleOf: cacheLine) { _, columns in
      kernels.pointee.column_sums(
        gradients, dimensions.timeSteps, dimensions.streams, width, columns.lowerBound,
        columns.upperBound, sums)
    }
  }
}
