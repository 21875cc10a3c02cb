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

/// The gradient of one weight matrix: what its inputs were, and where its sums go.
struct WeightGradient {
  let inputs: UnsafePointer<Float>  // [T, B, width]
  let width: Int
  /// Marks inputs that were zero.
  var zeroRows: UnsafePointer<UInt8>?  // [T, B]
  let sums: FloatPointer  // [·, width]
}

/// What the products of a phase share: kernels, pool, and scratch for each worker.
final class ProductResources {
  let kernels: UnsafePointer<UnfoldKernels>
  let pool: WorkerPool
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

  /// Adds Σ gradients[t, b, i]·inputs[t, b, n] to each operand's sums: the gradients of weight
  /// matrices that share the gradients of their sums, in blocks of rows i.
  func addWeightGradients(
    of gradients: UnsafePointer<Float>, width: Int, dimensions: WindowDimensions,
    _ left: WeightGradient, _ right: WeightGradient? = nil
  ) {
    let table = kernels.pointee
    let leftOperand = pack(left, dimensions, into: windowOperands.base)
    let place = windowOperands.base + packedCount(left.width) * dimensions.rows
    let rightOperand = right.map { pack($0, dimensions, into: place) } ?? UnfoldWindowOperand()
    pool.forEachSlice(of: width, multipleOf: table.tile_rows) { worker, rows in
      table.window_product(
        gradients, dimensions.timeSteps, dimensions.streams, width, rows.lowerBound,
        rows.upperBound, leftOperand, rightOperand, scratch(worker: worker))
    }
  }

  private func pack(
    _ gradient: WeightGradient, _ dimensions: WindowDimensions, into packed: FloatPointer
  ) -> UnfoldWindowOperand {
    let panels = packedCount(gradient.width) / kernels.pointee.panel_width
    pool.forEachSlice(of: panels) { _, panels in
      kernels.pointee.pack_window(
        gradient.inputs, dimensions.timeSteps, dimensions.streams, gradient.width,
        gradient.zeroRows, panels.lowerBound, panels.upperBound, packed)
    }
    return UnfoldWindowOperand(packed: packed, width: gradient.width, sums: gradient.sums)
  }

  /// Columns of whole panels.
  private func packedCount(_ width: Int) -> Int {
    let panel = kernels.pointee.panel_width
    return (width + panel - 1) / panel * panel
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
