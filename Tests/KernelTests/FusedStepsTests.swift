import CKernels
import Storage
import Testing

/// Time steps whose sums stay in registers are their products and their cell, bit for bit.
struct FusedStepsTests {
  /// One layer's numbers for some rows of each of some time steps.
  struct Problem {
    let timeSteps: Int
    let streams: Int
    let rows: Int
    let hidden: Int
    let inputs: Int
    let x: [Float]
    /// Before the first time step.
    let state: [Float]
    let memory: [Float]
    let inputWeight: [Float]
    let hiddenWeight: [Float]
    /// At least seven rows of sums to start from; the first one is a bias.
    let table: [Float]
    let symbols: [Int32]

    init(timeSteps: Int, streams: Int, rows: Int, hidden: Int, inputs: Int) {
      (self.timeSteps, self.streams, self.rows) = (timeSteps, streams, rows)
      (self.hidden, self.inputs) = (hidden, inputs)
      let allRows = timeSteps * streams
      x = uniform(allRows * inputs, stream: 61)
      state = uniform(rows * hidden, stream: 62)
      memory = uniform(rows * hidden, stream: 63, range: 2)
      inputWeight = uniform(4 * hidden * inputs, stream: 64)
      hiddenWeight = uniform(4 * hidden * hidden, stream: 65)
      table = uniform(max(7, allRows) * 4 * hidden, stream: 66, range: 3)
      symbols = integers(allRows, below: 7, stream: 67)
    }
  }

  /// Where the sums start.
  enum Start: CaseIterable {
    case bias, rows, symbols
  }

  static let problems =
    [1, 7, 8, 9, 16, 23, 40, 64].flatMap { hidden in
      [1, 2, 3, 4, 5, 6, 7, 13].flatMap { rows in
        [0, 1, 5].map {
          Problem(timeSteps: 1, streams: rows, rows: rows, hidden: hidden, inputs: $0)
        }
      }
    }
    + [(2, 3, 3, 8, 2), (3, 7, 4, 24, 0), (5, 9, 7, 40, 1)].map {
      timeSteps, streams, rows, hidden, inputs in
      Problem(timeSteps: timeSteps, streams: streams, rows: rows, hidden: hidden, inputs: inputs)
    }

  @Test(arguments: Variant.supported, Start.allCases)
  func areTheirProductsAndTheirCell(_ variant: Variant, start: Start) {
    for problem in Self.problems {
      let (fused, parts) = (variant.fused(problem, start), variant.parts(problem, start))
      let size =
        "\(problem.timeSteps) x \(problem.rows) of \(problem.streams) rows, \(problem.hidden) units, "
        + "\(problem.inputs) inputs"
      #expect(fused.count == parts.count)
      #expect(zip(fused, parts).allSatisfy { sameBits($0, $1) }, "\(size)")
    }
  }
}

extension Variant {
  /// Calls `body` with the start of a problem's sums, from row `row` on.
  private func withStart<Result>(
    _ problem: FusedStepsTests.Problem, _ start: FusedStepsTests.Start, from row: Int = 0,
    _ body: (UnfoldStart) -> Result
  ) -> Result {
    problem.table.withUnsafeBufferPointer { table in
      problem.symbols.withUnsafeBufferPointer { symbols in
        guard let values = table.baseAddress, let rows = symbols.baseAddress else { fatalError() }
        let width = 4 * problem.hidden
        return switch start {
        case .bias: body(UnfoldStart(values: values, stride: 0, rows: nil))
        case .rows: body(UnfoldStart(values: values + row * width, stride: width, rows: nil))
        case .symbols: body(UnfoldStart(values: values, stride: width, rows: rows + row))
        }
      }
    }
  }

  /// Gates, memory, its tanh and outputs of every time step by the fused kernel.
  fileprivate func fused(
    _ problem: FusedStepsTests.Problem, _ start: FusedStepsTests.Start
  ) -> [[Float]] {
    let (rows, hidden, inputs) = (problem.rows, problem.hidden, problem.inputs)
    let (timeSteps, step) = (problem.timeSteps, problem.streams * hidden)
    let blocks = (hidden + kernels.unit_width - 1) / kernels.unit_width
    func pack(_ weight: [Float], columns: Int) -> [Float] {
      var packed = [Float](repeating: .nan, count: blocks * columns * 4 * kernels.unit_width)
      for (first, end) in [(0, blocks / 2), (blocks / 2, blocks)] {
        kernels.pack_unit_weight(weight, 4, hidden, columns, first, end, &packed)
      }
      return packed
    }
    func written(_ count: Int) -> Arena<Float> { Arena([Float](repeating: .nan, count: count)) }
    /// One more time step, the first of which is given.
    func carried(_ first: [Float]) -> Arena<Float> {
      Arena(first + [Float](repeating: .nan, count: (timeSteps + 1) * step - first.count))
    }
    let x = Arena(problem.x)
    let inputWeight = Arena(pack(problem.inputWeight, columns: inputs))
    let hiddenWeight = Arena(pack(problem.hiddenWeight, columns: hidden))
    let states = carried(problem.state)
    let memories = carried(problem.memory)
    let gates = written(timeSteps * 4 * step)
    let squashed = written(timeSteps * step)
    withStart(problem, start) { start in
      var steps = UnfoldLSTMSteps(
        time_steps: timeSteps, streams: problem.streams, rows: rows, hidden: hidden,
        inputs: inputs, start: start, input: x.base, input_weight: inputWeight.base,
        previous_hidden: states.base, hidden_weight: hiddenWeight.base,
        previous_memory: memories.base, gates: gates.base, memory: memories.base + step,
        memory_tanh: squashed.base, output: states.base + step)
      kernels.lstm_steps(&steps)
    }
    func values(_ arena: borrowing Arena<Float>, from first: Int, _ width: Int) -> [Float] {
      Array(arena.buffer[first..<first + rows * width])
    }
    var results: [[Float]] = []
    for first in stride(from: 0, to: timeSteps * step, by: step) {
      results.append(values(gates, from: 4 * first, 4 * hidden))
      results.append(values(memories, from: first + step, hidden))
      results.append(values(squashed, from: first, hidden))
      results.append(values(states, from: first + step, hidden))
    }
    return results
  }

  /// The same by two products and the cell's kernel.
  fileprivate func parts(
    _ problem: FusedStepsTests.Problem, _ start: FusedStepsTests.Start
  ) -> [[Float]] {
    let (rows, hidden, inputs) = (problem.rows, problem.hidden, problem.inputs)
    let width = 4 * hidden
    var scratch = [Float](repeating: .nan, count: kernels.product_scratch)
    var gates = [Float](repeating: .nan, count: rows * width)
    func add(_ a: [Float], _ weight: [Float], k: Int, from start: UnfoldStart) {
      var packed = [Float](repeating: .nan, count: panels(width) * kernels.panel_width * max(k, 1))
      kernels.pack_weight(weight, width, k, 0, panels(width), &packed, nil)
      var start = start
      kernels.product(
        a, k, rows, k, packed, width, 0, panels(width), &start, &gates, width, &scratch)
    }
    func goOn(_ a: [Float], _ weight: [Float], k: Int) {
      let before = gates
      before.withUnsafeBufferPointer {
        add(a, weight, k: k, from: UnfoldStart(values: $0.baseAddress, stride: width, rows: nil))
      }
    }
    var (state, memory) = (problem.state, problem.memory)
    return (0..<problem.timeSteps).flatMap { timeStep in
      let row = timeStep * problem.streams
      let x = Array(problem.x[row * inputs..<(row + rows) * inputs])
      withStart(problem, start, from: row) { start in
        if inputs > 0 {
          add(x, problem.inputWeight, k: inputs, from: start)
        } else {
          add(state, problem.hiddenWeight, k: hidden, from: start)
        }
      }
      if inputs > 0 { goOn(state, problem.hiddenWeight, k: hidden) }
      let previous = memory
      var squashed = [Float](repeating: .nan, count: rows * hidden)
      kernels.lstm_forward(rows, hidden, &gates, previous, &memory, &squashed, &state)
      return [gates, memory, squashed, state]
    }
  }
}
