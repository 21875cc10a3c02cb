import CKernels
import Storage
import Workers

/// What a layer reads.
enum LayerInput: Sendable {
  /// x of every time step. // [T, B, I]
  case vectors(Common<Float>)
  /// Symbols [T, B], and W_ih·e + b of every symbol [V, G·H].
  case symbols(Common<Int32>, sums: Common<Float>)
}

extension LayerDimensions {
  /// Cutting columns costs a join at every time step. It pays where workers would have no stream and
  /// the product takes longer than a join, and where they would have few, and each would read weights
  /// that its cache cannot hold. (Measured; launch/sweep.sh covers both sides.)
  func cutsColumns(streams: Int, workers: Int) -> Bool {
    let weights = gateWidth * hidden
    guard workers > 1, streams > 0 else { return false }
    return streams < workers && weights >= 1 << 16 || streams < 3 * workers && weights >= 1 << 21
  }

  /// Whether the input's part of the sums is formed where the state's part is added, while it is in the
  /// cache: for inputs so narrow that a product over the window would only move memory.
  var projectsByTimeStep: Bool { input <= 16 }
}

extension RecurrentLayer {
  /// Runs the window from the state in slot 0.
  func forward(
    _ input: LayerInput, resets: Resets, window: WindowDimensions
  ) {
    let fusedSteps = fused?.steps(of: input, gates: gates.base, bias: inputBias.base)
    let blockLength = blockLength(window)
    for first in stride(from: 0, to: window.timeSteps, by: blockLength) {
      let block = first..<min(first + blockLength, window.timeSteps)
      if case .vectors(let x) = input, !dimensions.projectsByTimeStep {
        project(x, rows: window.rows(of: block), into: gates.base)
      }
      forward(block, of: input, resets: resets, streams: window.streams, fusedSteps)
    }
  }

  private func forward(
    _ block: Range<Int>, of input: LayerInput, resets: Resets, streams: Int,
    _ fusedSteps: FusedSteps?
  ) {
    timeLoop(streams: streams) { slice, multiply in
      var timeStep = block.lowerBound
      while timeStep < block.upperBound {
        let row = timeStep * streams + slice.lowerBound
        let operands = StepOperands(
          layer: self, timeStep: timeStep, slice: slice, streams: streams, resets: resets)
        let step = forwardStep(rows: slice.count, operands)
        if let fusedSteps {
          // Operands that stand aside, since a sequence starts, are of this time step alone.
          let others = timeStep + 1..<block.upperBound
          let end =
            operands.resets != nil
            ? others.lowerBound
            : resets.firstStart(in: others, of: slice, streams: streams) ?? others.upperBound
          fusedSteps.run(step, from: row, timeSteps: end - timeStep, streams: streams)
          timeStep = end
        } else {
          formSums(of: input, from: row, operands, rows: slice.count, multiply)
          cell.forward(step)
          timeStep += 1
        }
      }
    }
  }

  private func forwardStep(rows: Int, _ operands: StepOperands) -> CellForwardStep {
    CellForwardStep(
      rows: rows, hidden: dimensions.hidden, gates: operands.gates,
      recurrentSums: operands.recurrentSums, previousHidden: operands.previousHidden,
      previousMemory: operands.previousMemory, output: operands.output, memory: operands.memory,
      saved: operands.saved)
  }

  /// Forms the sums of some rows of one time step by products.
  private func formSums(
    of input: LayerInput, from row: Int, _ operands: StepOperands, rows: Int, _ multiply: Multiply
  ) {
    let width = dimensions.gateWidth
    if case .vectors(let x) = input, dimensions.projectsByTimeStep {
      multiply(
        inputWeight.forward, x + row * dimensions.input, rows: rows, from: .bias(inputBias.base),
        into: operands.gates)
    }
    var start = ProductStart.existing(operands.gates, width: width)
    if case .symbols(let symbols, let sums) = input {
      start = .rows(of: sums.base, width: width, symbols + row)
    }
    if traits.separatesRecurrentSums {
      if let symbols = start.rows, let sums = start.values {
        resources.kernels.pointee.gather_rows(sums.base, width, symbols.base, rows, operands.gates)
      }
      start = .bias(hiddenBias.base)
    }
    multiply(
      hiddenWeight.forward, operands.previousHidden, rows: rows, from: start,
      into: operands.recurrentSums)
  }

  // MARK: Time loops

  /// A product of one time step, by one worker or by all of them.
  private struct Multiply: Sendable {
    let resources: ProductResources
    /// The worker whose rows these are, or nil where every product is cut by columns.
    let worker: Int?

    func callAsFunction(
      _ matrix: PackedMatrix, _ a: UnsafePointer<Float>, rows: Int, from start: ProductStart,
      into c: FloatPointer
    ) {
      if let worker {
        matrix.multiply(
          a, rows: rows, from: start, into: c, scratch: resources.scratch(worker: worker))
        return
      }
      let (a, c) = (Common(a), Disjoint(c))
      resources.pool.forEachSlice(of: matrix.panels) { worker, panels in
        matrix.multiply(
          a.base, rows: rows, panels: panels, from: start, into: c.base,
          scratch: resources.scratch(worker: worker))
      }
    }
  }

  /// Runs a loop over time: each worker takes some streams through it, with one fork and join for
  /// all time steps; or all workers share the streams and cut the weights' columns.
  private func timeLoop(
    streams: Int, _ loop: @Sendable (_ slice: Range<Int>, _ multiply: Multiply) -> Void
  ) {
    if cutsColumns(streams: streams) {
      loop(0..<streams, Multiply(resources: resources, worker: nil))
    } else {
      resources.pool.forEachSlice(of: streams) { worker, slice in
        loop(slice, Multiply(resources: resources, worker: worker))
      }
    }
  }

  private func cutsColumns(streams: Int) -> Bool {
    fused == nil && dimensions.cutsColumns(streams: streams, workers: resources.pool.workers)
  }

  // MARK: Backward

  /// Turns the tape's gates into gradients of their sums, last time step first. The gradient is
  /// cut at the window's left edge and at resets. What reads the gradients, the products of weights and
  /// the input's gradient, follows block by block where caches still hold them then.
  func backwardThroughTime(
    _ batch: NetworkBatch, _ products: LayerProducts, inputGradient: FloatPointer?
  ) {
    let (window, hidden) = (batch.dimensions, dimensions.hidden)
    let step = window.streams * hidden
    hiddenGradient.base.update(repeating: 0, count: step)
    memoryGradient.base.update(repeating: 0, count: step)
    let blockLength = blockLength(window)
    let sumsByBlocks = sumsByBlocks(products, of: batch)
    for end in stride(from: window.timeSteps, to: 0, by: -blockLength) {
      let block = max(0, end - blockLength)..<end
      timeLoop(streams: window.streams) { slice, multiply in
        for timeStep in block.reversed() {
          backwardStep(timeStep, slice, batch.resets, streams: window.streams, multiply)
        }
      }
      if sumsByBlocks { add(block, of: products, in: batch) }
      if let inputGradient, blockLength < window.timeSteps {
        multiplyBack(
          Common(gates.base), rows: window.rows(of: block), into: inputGradient)
      }
    }
  }

  /// Forms the input's gradient [T, B, I] where it did not follow block by block.
  func finishInputGradient(_ inputGradient: FloatPointer, window: WindowDimensions) {
    guard blockLength(window) >= window.timeSteps else { return }
    multiplyBack(Common(gates.base), rows: 0..<window.rows, into: inputGradient)
  }

  private func backwardStep(
    _ timeStep: Int, _ slice: Range<Int>, _ resets: Resets, streams: Int,
    _ multiply: Multiply
  ) {
    let operands = StepOperands(
      layer: self, timeStep: timeStep, slice: slice, streams: streams, resets: resets)
    let hidden = dimensions.hidden
    let outputGradient = outputGradient.base + (timeStep * streams + slice.lowerBound) * hidden
    let hiddenGradient = hiddenGradient.base + slice.lowerBound * hidden
    let memoryGradient = memoryGradient.base + slice.lowerBound * hidden
    cell.backward(
      CellBackwardStep(
        rows: slice.count, streams: streams, hidden: hidden, gates: operands.gates,
        recurrentSums: operands.recurrentSums, previousHidden: operands.previousHidden,
        previousMemory: operands.previousMemory, output: operands.output, saved: operands.saved,
        outputGradient: outputGradient, hiddenGradient: hiddenGradient,
        memoryGradient: memoryGradient))
    guard timeStep > 0 else { return }
    multiply(
      hiddenWeight.backward, operands.recurrentSums, rows: slice.count,
      from: traits.passesHidden ? .existing(hiddenGradient, width: hidden) : .zero,
      into: hiddenGradient)
    guard let marks = operands.resets else { return }
    for row in 0..<slice.count where marks[row] != 0 {
      (hiddenGradient + row * hidden).update(repeating: 0, count: hidden)
      (memoryGradient + row * hidden).update(repeating: 0, count: hidden)
    }
  }
}
