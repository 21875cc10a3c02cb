import CKernels
import Storage

/// A kernel on a problem of the size that it meets in training, with what it must compute and move.
struct KernelCase {
  let kernel: String
  let problem: String
  /// Two for each multiply-add, product or division, which all take a place in the multipliers.
  var operations = 0.0
  var memory = Traffic()
  let run: () -> Void

  static func all(_ kernels: UnsafePointer<UnfoldKernels>) -> [KernelCase] {
    let operands = KernelOperands(kernels.pointee)
    let arithmetic =
      products(operands) + cells(operands) + elementwise(operands) + valueLosses(operands)
    return arithmetic + packing(operands) + rows(operands) + updates(operands)
  }
}

/// Memory for all cases.
private final class KernelOperands {
  let table: UnfoldKernels
  let a = Arena<Float>(count: 1 << 23)
  let b = Arena<Float>(count: 1 << 23)
  let c = Arena<Float>(count: 1 << 23)
  let d = Arena<Float>(count: 1 << 23)
  let scratch: Arena<Float>  // of the largest product
  /// 16 streams in 8 leaves.
  let leafEnds = Arena<Int>((1...8).map { 2 * $0 })
  /// Losses and shares of rows.
  let results = Arena<Double>(count: 32)
  let symbols: [Int32]
  let weights = [Float](repeating: 1, count: 4096)

  init(_ table: UnfoldKernels) {
    self.table = table
    scratch = Arena<Float>(count: table.product_scratch + 1 << 19)
    symbols = (0..<4096).map { Int32($0 * 37 % 64) }
    for (index, arena) in [a.base, b.base, c.base, d.base].enumerated() {
      unfold_uniform_fill(1, UNFOLD_PURPOSE_INITIALIZATION, UInt32(index), 1, arena, 1 << 23)
    }
  }

  func panels(_ width: Int) -> Int { (width + table.panel_width - 1) / table.panel_width }
}

/// Bytes of so many floats.
private func bytes(_ floats: Int) -> Int { floats * MemoryLayout<Float>.stride }

extension KernelCase {
  private static func products(_ operands: KernelOperands) -> [KernelCase] {
    let shapes = [
      ("time step", 16, 512, 2048), ("time step back", 16, 2048, 512), ("window", 1024, 512, 2048),
      ("outputs", 400, 200, 10000), ("outputs back", 400, 10000, 200),
    ]
    let straight = shapes.map { name, rows, k, n in
      KernelCase(
        kernel: "product", problem: "\(name) [\(rows), \(k)]·[\(k), \(n)]",
        operations: 2 * Double(rows * k * n),
        memory: Traffic(read: bytes(rows * k + k * n), written: bytes(rows * n))
      ) {
        var zero = UnfoldStart()
        operands.table.product(
          operands.a.base, k, rows, k, operands.b.base, n, 0, operands.panels(n), &zero,
          operands.c.base, n, operands.scratch.base)
      }
    }
    return straight + [windowProduct(operands)] + leafSums(operands)
  }

  private static func windowProduct(_ operands: KernelOperands) -> KernelCase {
    let (timeSteps, streams, height, width) = (64, 16, 2048, 512)
    let rows = timeSteps * streams
    let inputs = UnfoldWindowInput(
      values: operands.d.base, width: width, zero_rows: nil, sums: operands.c.base)
    let window = UnfoldWindow(
      time_steps: timeSteps, streams: streams,
      leaves: UnfoldLeaves(ends: operands.leafEnds.base, count: operands.leafEnds.count))
    return KernelCase(
      kernel: "window_product", problem: "[\(rows), \(height)]ᵀ·[\(rows), \(width)]",
      operations: 2 * Double(rows * height * width),
      memory: Traffic(read: bytes(rows * (height + width)), written: bytes(height * width))
    ) {
      operands.table.window_product(
        operands.a.base, window, height, 0, height, inputs, UnfoldWindowInput(), operands.b.base,
        nil, operands.scratch.base)
    }
  }

  /// A block of time steps of 16 streams in the shape of the workload amp-40, and what follows the last.
  private static func leafSums(_ operands: KernelOperands) -> [KernelCase] {
    let (timeSteps, streams, width, inputs, hidden) = (12, 16, 160, 1, 40)
    let (rows, leaves) = (timeSteps * streams, operands.leafEnds.count)
    let (a, b, c, d) = (operands.a.base, operands.b.base, operands.c.base, operands.d.base)
    let table = operands.table
    let left = UnfoldWindowInput(values: b, width: inputs, zero_rows: nil, sums: d)
    let right = UnfoldWindowInput(
      values: b + rows * inputs, width: hidden, zero_rows: nil, sums: d + width * inputs)
    let block = UnfoldWindow(
      time_steps: timeSteps, streams: streams,
      leaves: UnfoldLeaves(ends: operands.leafEnds.base, count: leaves))
    let sums = leaves * (inputs + hidden + 1) * operands.panels(width) * table.panel_width
    return [
      KernelCase(
        kernel: "sum_time_steps",
        problem: "[\(rows), \(width)]ᵀ·[\(rows), \(inputs) + \(hidden)]",
        operations: 2 * Double(rows * width * (inputs + hidden + 1)),
        memory: Traffic(read: bytes(rows * (width + inputs + hidden)), updated: bytes(sums))
      ) {
        table.sum_time_steps(a, block, width, left, right, true, c, operands.scratch.base)
      },
      KernelCase(
        kernel: "place_leaf_sums", problem: "\(leaves) · [\(width), \(inputs) + \(hidden)]",
        memory: Traffic(
          read: bytes(sums), written: bytes(width * (inputs + hidden)),
          updated: bytes(sums / leaves))
      ) { table.place_leaf_sums(leaves, width, left, right, nil, c) },
    ]
  }

  /// 16 rows of 512 units; operations are the products of a unit's activations and sums.
  private static func cells(_ operands: KernelOperands) -> [KernelCase] {
    let (rows, hidden) = (16, 512)
    let units = rows * hidden
    let (a, b, c) = (operands.a.base, operands.b.base, operands.c.base)
    let d = operands.d.base
    func cell(
      _ name: String, products: Int, _ read: Int, _ written: Int, _ updated: Int,
      _ run: @escaping () -> Void
    ) -> KernelCase {
      KernelCase(
        kernel: name, problem: "[\(rows), \(hidden)]", operations: 2 * Double(products * units),
        memory: Traffic(
          read: bytes(read * units), written: bytes(written * units),
          updated: bytes(updated * units)),
        run: run)
    }
    let table = operands.table
    return [
      lstmSteps(operands),
      cell("lstm_forward", products: lstmProducts, 1, 3, 4) {
        table.lstm_forward(rows, hidden, a, b, c, d, d + units)
      },
      cell("lstm_backward", products: 16, 4, 0, 5) {
        table.lstm_backward(rows, hidden, rows, a, b, c, d, d + units, d + 2 * units)
      },
      cell("gru_forward", products: 2 * exponential + (3 + 1) + tanh + 2, 4, 1, 3) {
        table.gru_forward(rows, hidden, a, b, c, d)
      },
      cell("gru_backward", products: 11, 2, 0, 7) {
        table.gru_backward(rows, hidden, a, b, c, d, d + units)
      },
      cell("elman_forward", products: tanh, 1, 1, 0) {
        table.elman_forward(rows, hidden, false, a, b)
      },
      cell("elman_backward", products: 2, 3, 0, 1) {
        table.elman_backward(rows, hidden, false, a, b, c, d)
      },
    ]
  }

  /// A time step of 16 streams in the shape of the workload amp-40: its products and its gates.
  private static func lstmSteps(_ operands: KernelOperands) -> KernelCase {
    let (rows, hidden, inputs) = (16, 40, 1)
    let (a, b, c, d) = (
      operands.a.base, operands.b.base, operands.c.base, operands.d.base
    )
    let (units, width) = (rows * hidden, 4 * hidden)
    var step = UnfoldLSTMSteps(
      time_steps: 1, streams: rows, rows: rows, hidden: hidden, inputs: inputs,
      start: UnfoldStart(values: d, stride: 0, rows: nil), input: a, input_weight: b,
      previous_hidden: a + rows, hidden_weight: b + (1 << 16), previous_memory: d + width, gates: c,
      memory: c + 4 * units, memory_tanh: c + 5 * units, output: c + 6 * units)
    return KernelCase(
      kernel: "lstm_steps",
      problem: "[\(rows), \(inputs) + \(hidden)]·[\(inputs) + \(hidden), \(width)]",
      operations: 2 * Double(rows * width * (inputs + hidden) + lstmProducts * units),
      memory: Traffic(
        read: bytes(rows * inputs + 2 * units + width * (inputs + hidden + 1)),
        written: bytes(7 * units))
    ) { operands.table.lstm_steps(&step) }
  }

  // Products and divisions of the vector activations: reduction, polynomial, scaling; two gates share a
  // division, which takes two or three products.
  private static let exponential = 9
  private static let sigmoid = exponential + 1
  private static let tanh = exponential + 1
  private static let lstmProducts = 5 * exponential + (3 + 1) + (4 + 1) + 1 + 3

  private static func elementwise(_ operands: KernelOperands) -> [KernelCase] {
    let count = 16384
    let (a, b, table) = (operands.a.base, operands.b.base, operands.table)
    func activation(
      _ name: String, _ products: Int, _ run: @escaping () -> Void
    ) -> KernelCase {
      KernelCase(
        kernel: name, problem: "[\(count)]", operations: 2 * Double(products * count),
        memory: Traffic(read: bytes(count), written: bytes(count)), run: run)
    }
    let (rows, width) = (16, 4096)
    var losses = [Double](repeating: 0, count: rows)
    var hits = [UInt8](repeating: 0, count: rows)
    return [
      activation("exponential", exponential) { table.exponential(a, count, b) },
      activation("hyperbolic_tangent", tanh) { table.hyperbolic_tangent(a, count, b) },
      activation("sigmoid", sigmoid) { table.sigmoid(a, count, b) },
      KernelCase(
        kernel: "softmax_cross_entropy", problem: "[\(rows), \(width)]",
        operations: 2 * Double((exponential + 1) * rows * width),
        memory: Traffic(updated: bytes(rows * width))
      ) {
        table.softmax_cross_entropy(
          rows, width, operands.c.base, operands.symbols, operands.weights, &losses, &hits)
      },
      KernelCase(
        // An exponential and a logarithm.
        kernel: "binary_cross_entropy", problem: "[\(rows), \(width)]",
        operations: 2 * Double(2 * exponential * rows * width),
        memory: Traffic(read: bytes(rows * width), updated: bytes(rows * width))
      ) {
        table.binary_cross_entropy(
          rows, width, operands.c.base, operands.d.base, operands.weights, &losses, &hits)
      },
      KernelCase(
        // Philox: ten rounds of two products for four numbers.
        kernel: "dropout", problem: "[512]", operations: 2 * 5 * 512,
        memory: Traffic(read: bytes(512), written: bytes(512))
      ) { table.dropout(a, 512, 0.5, 1, 0, 0, 0, b) },
    ]
  }

  private static func valueLosses(_ operands: KernelOperands) -> [KernelCase] {
    let (rows, width) = (16, 4096)
    let (outputs, scales, table) = (operands.c.base, operands.a.base, operands.table)
    let levels: [Float] = [0.1, 0.9]
    func loss(
      _ name: String, _ products: Int, outputsOfTarget: Int = 1, scaled: Bool = false,
      _ run: @escaping (UnfoldValueRows) -> Void
    ) -> KernelCase {
      KernelCase(
        kernel: name, problem: "[\(rows), \(width)]",
        operations: 2 * Double(products * rows * width),
        memory: Traffic(
          read: bytes(rows * width * (scaled ? 2 : 1)),
          updated: bytes(rows * width * outputsOfTarget))
      ) {
        operands.weights.withUnsafeBufferPointer { weights in
          guard let weights = weights.baseAddress else { return }
          run(
            UnfoldValueRows(
              count: rows, width: width, targets: operands.d.base, weights: weights,
              target_weights: nil, losses: operands.results.base,
              shares: operands.results.base + rows))
        }
      }
    }
    return [
      loss("mean_squared_error", 2) { table.mean_squared_error($0, outputs) },
      loss("mean_absolute_error", 1) { table.mean_absolute_error($0, outputs) },
      loss("huber", 3) { table.huber($0, 1, outputs) },
      loss("quantile", 4, outputsOfTarget: 2) { table.quantile($0, levels, 2, outputs) },
      loss("gaussian", exponential + 7, outputsOfTarget: 2) { table.gaussian($0, outputs) },
      loss("nash_sutcliffe", 5, scaled: true) {
        table.nash_sutcliffe($0, operands.symbols, scales, outputs)
      },
    ]
  }

  private static func packing(_ operands: KernelOperands) -> [KernelCase] {
    let (a, b, c, table) = (operands.a.base, operands.b.base, operands.c.base, operands.table)
    func weight(rows: Int, columns: Int) -> KernelCase {
      let groups = operands.panels(rows)
      return KernelCase(
        kernel: "pack_weight", problem: "[\(rows), \(columns)]",
        memory: Traffic(read: bytes(rows * columns), written: bytes(2 * rows * columns))
      ) { table.pack_weight(a, rows, columns, 0, groups, b, c) }
    }
    let (rows, width) = (32 * 16, 2048)
    let inputs = UnfoldWindowInput(values: a, width: width, zero_rows: nil, sums: c)
    let window = UnfoldWindow(
      time_steps: 32, streams: 16, leaves: UnfoldLeaves(ends: nil, count: 1))
    return [
      weight(rows: 1024, columns: 256),
      weight(rows: 10000, columns: 650),
      KernelCase(
        kernel: "pack_unit_weight", problem: "[4 · 128, 128]",
        memory: Traffic(read: bytes(4 * 128 * 128), written: bytes(4 * 128 * 128))
      ) { table.pack_unit_weight(a, 4, 128, 128, 0, 128 / table.unit_width, b) },
      KernelCase(
        kernel: "pack_window", problem: "[\(rows), \(width)]",
        memory: Traffic(read: bytes(rows * width), written: bytes(rows * width))
      ) {
        table.pack_window(inputs, UnfoldWindowInput(), window, 0, rows, b)
      },
    ]
  }

  private static func rows(_ operands: KernelOperands) -> [KernelCase] {
    let (streams, width) = (16, 2048)
    let (rows, table) = (64 * streams, operands.table)
    let (a, b, c) = (operands.a.base, operands.b.base, operands.c.base)
    let symbols = operands.symbols
    // Sorted by symbol, then by leaf, of two streams each, and from the last time step back.
    let sorted = (0..<rows).sorted { left, right in
      (symbols[left], left % streams / 2, right / streams, left)
        < (symbols[right], right % streams / 2, left / streams, right)
    }.map { UnfoldSymbolRow(symbol: symbols[$0], leaf: Int32($0 % streams / 2), row: Int32($0)) }
    let spare = operands.scratch.base
    let problem = "[\(rows), \(width)]"
    return [
      KernelCase(
        kernel: "gather_rows", problem: problem + " of 64",
        memory: Traffic(read: bytes(64 * width), written: bytes(rows * width))
      ) { table.gather_rows(a, width, symbols, rows, b) },
      KernelCase(
        kernel: "sum_by_symbol", problem: problem + " to 64",
        memory: Traffic(read: bytes(rows * width), written: bytes(64 * width))
      ) { table.sum_by_symbol(a, width, sorted, rows, 8, 0, width, b, spare) },
      KernelCase(
        kernel: "add", problem: "[\(rows * width)]",
        memory: Traffic(read: bytes(2 * rows * width), written: bytes(rows * width))
      ) { table.add(a, b, rows * width, c) },
    ]
  }

  /// 8 Mi parameters, which no cache holds.
  private static func updates(_ operands: KernelOperands) -> [KernelCase] {
    let (count, table) = (1 << 23, operands.table)
    let (w, g) = (operands.a.base, operands.b.base)
    let (first, second) = (operands.c.base, operands.d.base)
    func update(
      _ name: String, read: Int, updated: Int, _ run: @escaping () -> Void
    ) -> KernelCase {
      KernelCase(
        kernel: name, problem: "[\(count)]",
        memory: Traffic(read: bytes(read * count), updated: bytes(updated * count)), run: run)
    }
    return [
      update("sum_of_squares", read: 1, updated: 0) { _ = table.sum_of_squares(g, count) },
      update("clip_values", read: 0, updated: 1) { table.clip_values(g, count, 1, 0.5) },
      update("apply_sgd", read: 1, updated: 1) { table.apply_sgd(w, g, count, 1, 1e-9, 0) },
      update("apply_momentum", read: 1, updated: 2) {
        table.apply_momentum(w, g, first, count, 1, 1e-9, 0, 0.9, 0, false, false)
      },
      update("apply_rmsprop", read: 1, updated: 2) {
        table.apply_rmsprop(w, g, second, nil, nil, count, 1, 1e-9, 0, 0.99, 1e-8, 0)
      },
      update("apply_adam", read: 1, updated: 3) {
        table.apply_adam(w, g, first, second, count, 1, 1e-9, 0, false, 0.9, 0.999, 1e-8, 0.1, 0.1)
      },
    ]
  }
}
