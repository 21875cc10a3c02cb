import CKernels
import Storage
import Testing

/// A time step whose sums stay in registers is its products and its cell, bit for bit.
struct FusedStepTests {
  /// One layer's numbers for some rows.
  struct Problem {
    let rows: Int
    let hidden: Int
    let inputs: Int
    let x: [Float]
    let state: [Float]
    let memory: [Float]
    let inputWeight: [Float]
    let hiddenWeight: [Float]
    /// Seven rows of sums to start from; the first one is a bias.
    let table: [Float]
    let symbols: [Int32]

    init(rows: Int, hidden: Int, inputs: Int) {
      (self.rows, self.hidden, self.inputs) = (rows, hidden, inputs)
      x = uniform(rows * inputs, stream: 61)
      state = uniform(rows * hidden, stream: 62)
      memory = uniform(rows * hidden, stream: 63, range: 2)
      inputWeight = uniform(4 * hidden * inputs, stream: 64)
      hiddenWeight = uniform(4 * hidden * hidden, stream: 65)
      table = uniform(max(7, rows) * 4 * hidden, stream: 66, range: 3)
      symbols = integers(rows, below: 7, stream: 67)
    }
  }

  /// Where the sums start.
  enum Start: CaseIterable {
    case bias, rows, symbols
  }

  static let problems = [1, 7, 8, 9, 16, 23, 40, 64].flatMap { hidden in
    [1, 2, 3, 4, 5, 6, 7, 13].flatMap { rows in
      [0, 1, 5].map { Problem(rows: rows, hidden: hidden, inputs: $0) }
    }
  }

  @Test(arguments: Variant.supported, Start.allCases)
  func isItsProductsAndItsCell(_ variant: Variant, start: Start) {
    for problem in Self.problems {
      let (fused, parts) = (variant.fused(problem, start), variant.parts(problem, start))
      let size = "\(problem.rows) rows, \(problem.hidden) units, \(problem.inputs) inputs"
      #expect(zip(fused, parts).allSatisfy { sameBits($0, $1) }, "\(size)")
    }
  }
}

extension Variant {
  /// Calls `body` with the start of a problem's sums.
  private func withStart<Result>(
    _ problem: FusedStepTests.Problem, _ start: FusedStepTests.Start,
    _ body: (UnfoldStart) -> Result
  ) -> Result {
    problem.table.withUnsafeBufferPointer { table in
      problem.symbols.withUnsafeBufferPointer { symbols in
        let width = 4 * problem.hidden
        return switch start {
        case .bias: body(UnfoldStart(values: table.baseAddress, stride: 0, rows: nil))
        case .rows: body(UnfoldStart(values: table.baseAddress, stride: width, rows: nil))
        case .symbols:
          body(UnfoldStart(values: table.baseAddress, stride: width, rows: symbols.baseAddress))
        }
      }
    }
  }

  /// Gates, memory, its tanh and outputs by the fused kernel.
  fileprivate func fused(
    _ problem: FusedStepTests.Problem, _ start: FusedStepTests.Start
  ) -> [[Float]] {
    let (rows, hidden, inputs) = (problem.rows, problem.hidden, problem.inputs)
    let blocks = (hidden + kernels.unit_width - 1) / kernels.unit_width
    func pack(_ weight: [Float], columns: Int) -> [Float] {
      var packed = [Float](repeating: .nan, count: blocks * columns * 4 * kernels.unit_width)
      for (first, end) in [(0, blocks / 2), (blocks / 2, blocks)] {
        kernels.pack_unit_weight(weight, 4, hidden, columns, first, end, &packed)
      }
      return packed
    }
    func written(_ count: Int) -> Arena<Float> { Arena([Float](repeating: .nan, count: count)) }
    let x = Arena(problem.x)
    let state = Arena(problem.state)
    let inputWeight = Arena(pack(problem.inputWeight, columns: inputs))
    let hiddenWeight = Arena(pack(problem.hiddenWeight, columns: hidden))
    let previousMemory = Arena(problem.memory)
    let gates = written(rows * 4 * hidden)
    let memory = written(rows * hidden)
    let squashed = written(rows * hidden)
    let output = written(rows * hidden)
    withStart(problem, start) { start in
      var step = UnfoldLSTMStep(
        rows: rows, hidden: hidden, inputs: inputs, start: start, input: x.base,
        input_weight: inputWeight.base, previous_hidden: state.base,
        hidden_weight: hiddenWeight.base, previous_memory: previousMemory.base, gates: gates.base,
        memory: memory.base, memory_tanh: squashed.base, output: output.base)
      kernels.lstm_step(&step)
    }
    return [
      Array(gates.buffer), Array(memory.buffer), Array(squashed.buffer), Array(output.buffer),
    ]
  }

  /// The same by two products and the cell's kernel.
  fileprivate func parts(
    _ problem: FusedStepTests.Problem, _ start: FusedStepTests.Start
  ) -> [[Float]] {
    let (rows, hidden, inputs) = (problem.rows, problem.hidden, problem.inputs)
    let width = 4 * hidden
    var scratch = [Float](repeating: .nan, count: kernels.product_scratch)
    var gates = [Float](repeating: .nan, count: rows * width)
    func add(_ a: [Float], _ weight: [Float], k: Int, from start: UnfoldStart) {
      var packed = [Float](repeating: .nan, count: panels(width) * kernels.panel_width * max(k, 1))
      kernels.pack_weight(weight, width, k, 0, panels(width), &packed, nil)
      kernels.product(
        a, k, rows, k, packed, width, 0, panels(width), start, &gates, width, &scratch)
    }
    func goOn(_ a: [Float], _ weight: [Float], k: Int) {
      let before = gates
      before.withUnsafeBufferPointer {
        add(a, weight, k: k, from: UnfoldStart(values: $0.baseAddress, stride: width, rows: nil))
      }
    }
    withStart(problem, start) { start in
      if inputs > 0 {
        add(problem.x, problem.inputWeight, k: inputs, from: start)
      } else {
        add(problem.state, problem.hiddenWeight, k: hidden, from: start)
      }
    }
    if inputs > 0 { goOn(problem.state, problem.hiddenWeight, k: hidden) }
    var memory = [Float](repeating: .nan, count: rows * hidden)
    var (squashed, output) = (memory, memory)
    kernels.lstm_forward(
      rows, hidden, &gates, problem.memory, &memory, &squashed, &output)
    return [gates, memory, squashed, output]
  }
}
