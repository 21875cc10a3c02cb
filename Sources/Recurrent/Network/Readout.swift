import CKernels
import Storage
import Workers

/// The linear readout y = W·h + b of every time step, and its loss. Where it skips the network, the
/// first inputs of the time step are added to y.
final class Readout: Sendable {
  private let hidden: Int
  private let outputCount: Int
  private let targetCount: Int
  private let skippedWidth: Int?  // I, where the outputs have inputs added
  private let loss: LossForm
  private let resources: ProductResources
  let weight: PackedWeight  // [O, H]
  private let bias: Arena<Float>  // [O]
  private let outputsArena: Arena<Float>  // [T, B, O]: outputs, then their gradients
  private let losses: Arena<Double>  // [T, B], or [B] for losses of whole streams
  private let shares: Arena<Double>  // the same
  private let hits: Arena<UInt8>  // [T, B]
  private let leafLosses: Arena<LossSum>  // [leaves], of one stream or more
  /// What the loss remembers of each stream at the window's left edge.
  private let memory: Arena<Float>  // [B, memoryWidth]
  /// The numbers that it remembers of a stream.
  let memoryWidth: Int

  init(
    _ description: NetworkDescription, capacity: WindowDimensions, resources: ProductResources
  ) {
    hidden = description.hidden
    outputCount = description.outputs
    targetCount = description.targets
    skippedWidth = description.skipsInput ? description.input.width : nil
    loss = description.loss.form
    memoryWidth = description.loss.memoryWidth(targets: description.targets)
    self.resources = resources
    weight = PackedWeight(
      rows: description.outputs, columns: description.hidden, resources: resources)
    bias = Arena(count: description.outputs)
    outputsArena = Arena(count: capacity.rows * description.outputs)
    losses = Arena(count: capacity.rows)
    shares = Arena(count: capacity.rows)
    hits = Arena(count: capacity.rows)
    leafLosses = Arena(count: max(1, capacity.streams))
    memory = Arena(count: capacity.streams * memoryWidth)
  }

  /// The outputs after `forward`, their gradients after `cost`.
  var outputs: FloatPointer { outputsArena.base }  // [T, B, O]

  /// Brings the bias up to date.
  func renewBias(_ bias: UnsafePointer<Float>) {
    self.bias.base.update(from: bias, count: outputCount)
  }

  /// Begins a window: takes over what the loss remembers.
  func begin(from state: RecurrentState) {
    memory.base.update(from: state.lossMemory, count: state.streams * memoryWidth)
  }

  /// Computes the outputs.
  func forward(_ input: Common<Float>, of batch: NetworkBatch) {
    resources.pool.forEachSlice(of: batch.dimensions.rows) { worker, rows in
      computeOutputs(input, of: batch, rows, scratch: resources.scratch(worker: worker))
    }
  }

  /// Copies what the loss remembers before a time step of the window. It computes the outputs of the
  /// time step before, so it may be called before them all are there, but not after their gradients
  /// are.
  func captureMemory(
    before timeStep: Int, _ input: Common<Float>, of batch: NetworkBatch,
    into state: RecurrentState
  ) {
    guard memoryWidth > 0 else { return }
    guard timeStep > 0 else {
      state.lossMemory.update(from: memory.base, count: state.streams * memoryWidth)
      return
    }
    // Without targets there is no error.
    guard batch.targetValues != nil else { return }
    let streams = batch.dimensions.streams
    computeOutputs(
      input, of: batch, (timeStep - 1) * streams..<timeStep * streams,
      scratch: resources.scratch(worker: 0))
    for stream in 0..<streams {
      signal(stream, of: batch).remember(
        before: timeStep, outputs: outputs, in: state.lossMemory)
    }
  }

  /// The window's cost; outputs become the gradients of the weighted sum of losses, and
  /// `inputGradient`, if given, ∂L/∂input [T, B, H].
  func cost(
    _ input: Common<Float>, of batch: NetworkBatch, inputGradient: Disjoint<Float>? = nil
  ) -> LeafLosses {
    switch loss {
    case .rows(let loss):
      evaluate(loss, input, of: batch, inputGradient: inputGradient)
      for leaf in 0..<batch.leaves.count { leafLosses.base[leaf] = sum(of: batch, leaf: leaf) }
    case .streams(let loss):
      evaluate(loss, input, of: batch, inputGradient: inputGradient)
      for leaf in 0..<batch.leaves.count {
        leafLosses.base[leaf] = sumOfStreams(of: batch, leaf: leaf)
      }
    }
    return LeafLosses(Common(leafLosses.base), count: batch.leaves.count)
  }

  /// The cost of these outputs in the place of its own, without any gradient. For losses of rows.
  func cost(ofOutputs given: UnsafePointer<Float>, _ batch: NetworkBatch) -> LeafLosses {
    guard case .rows(let loss) = loss else {
      preconditionFailure("the cost of outputs that are not the network's own, of whole streams")
    }
    outputs.update(from: given, count: batch.dimensions.rows * outputCount)
    resources.pool.forEachSlice(of: batch.dimensions.rows) { _, rows in
      loss.evaluate(lossRows(rows, of: batch))
    }
    for leaf in 0..<batch.leaves.count { leafLosses.base[leaf] = sum(of: batch, leaf: leaf) }
    return LeafLosses(Common(leafLosses.base), count: batch.leaves.count)
  }

  private func lossRows(_ rows: Range<Int>, of batch: NetworkBatch) -> LossRows {
    LossRows(
      rows, of: batch, outputs: Disjoint(outputs), width: outputCount, targets: targetCount,
      losses: Disjoint(losses.base), shares: Disjoint(shares.base), hits: Disjoint(hits.base))
  }

  /// Each worker takes its rows in blocks that its cache holds, from the input to its gradient.
  private func evaluate(
    _ loss: any RowLoss, _ input: Common<Float>, of batch: NetworkBatch,
    inputGradient: Disjoint<Float>?
  ) {
    let blockRows = resources.kernels.pointee.block_rows
    resources.pool.forEachSlice(of: batch.dimensions.rows) { worker, rows in
      let scratch = resources.scratch(worker: worker)
      let blocks = (rows.count + blockRows - 1) / blockRows
      for index in 0..<blocks {
        let block = Share(index, of: blocks).range(of: rows)
        computeOutputs(input, of: batch, block, scratch: scratch)
        loss.evaluate(lossRows(block, of: batch))
        if let inputGradient { multiplyBack(block, into: inputGradient, scratch: scratch) }
      }
    }
  }

  /// All outputs first, then the loss of each stream, then the gradients of the input.
  private func evaluate(
    _ loss: ErrorToSignal, _ input: Common<Float>, of batch: NetworkBatch,
    inputGradient: Disjoint<Float>?
  ) {
    guard batch.dimensions.rows > 0 else { return }
    guard let energies = batch.energies else {
      preconditionFailure("a window without the energies of its minibatch")
    }
    forward(input, of: batch)
    resources.pool.forEachSlice(of: batch.dimensions.streams) { _, streams in
      for stream in streams {
        let signal = signal(stream, of: batch)
        losses.base[stream] = loss.evaluate(signal, outputs: outputs, energies: energies)
        shares.base[stream] = loss.energies(of: signal).emphasised
      }
    }
    guard let inputGradient else { return }
    resources.pool.forEachSlice(of: batch.dimensions.rows) { worker, rows in
      multiplyBack(rows, into: inputGradient, scratch: resources.scratch(worker: worker))
    }
  }

  private func signal(_ stream: Int, of batch: NetworkBatch) -> SignalStream {
    SignalStream(stream, of: batch, memory: memory.base, width: memoryWidth)
  }

  private func computeOutputs(
    _ input: Common<Float>, of batch: NetworkBatch, _ rows: Range<Int>, scratch: FloatPointer
  ) {
    weight.forward.multiply(
      input + rows.lowerBound * hidden, rows: rows.count, from: .bias(bias.base),
      into: outputs + rows.lowerBound * outputCount, scratch: scratch)
    guard let skippedWidth, let vectors = batch.vectors else { return }
    for row in rows {
      for output in 0..<outputCount {
        outputs[row * outputCount + output] += vectors[row * skippedWidth + output]
      }
    }
  }

  private func multiplyBack(
    _ rows: Range<Int>, into inputGradient: Disjoint<Float>, scratch: FloatPointer
  ) {
    weight.backward.multiply(
      outputs + rows.lowerBound * outputCount, rows: rows.count, from: .zero,
      into: inputGradient + rows.lowerBound * hidden, scratch: scratch)
  }

  /// Time step by time step, the last one first, as all sums of a leaf.
  private func sum(of batch: NetworkBatch, leaf: Int) -> LossSum {
    var total = LossSum()
    let (timeSteps, streams) = (batch.dimensions.timeSteps, batch.dimensions.streams)
    let (weights, scored) = (batch.weights.base, batch.scored?.base)
    let (losses, shares, hits) = (losses.base, shares.base, hits.base)
    let ofLeaf = batch.leaves.streams(ofLeaf: leaf, of: streams)
    for timeStep in (0..<timeSteps).reversed() {
      for stream in ofLeaf {
        let row = timeStep * streams + stream
        let weight = Double(weights[row])
        guard weight != 0 else { continue }
        total.sum += weight * losses[row]
        total.count += weight * shares[row]
        total.timeSteps += weight
        total.hits += weight * Double(hits[row])
        if let scored, scored[row] != 0 {
          total.scored += 1
          total.scoredHits += Double(hits[row])
        }
      }
    }
    return total
  }

  private func sumOfStreams(of batch: NetworkBatch, leaf: Int) -> LossSum {
    var total = LossSum()
    guard batch.dimensions.rows > 0 else { return total }
    for stream in batch.leaves.streams(ofLeaf: leaf, of: batch.dimensions.streams) {
      total.sum += losses.base[stream]
      total.count += shares.base[stream]
      for timeStep in 0..<batch.dimensions.timeSteps {
        total.timeSteps += Double(batch.weights[timeStep * batch.dimensions.streams + stream])
      }
    }
    return total
  }

  /// Forms the gradients of weight and bias.
  func formGradients(
    input: Common<Float>, of batch: NetworkBatch, weight: FloatPointer, bias: FloatPointer
  ) {
    let product = WindowProduct(
      gradients: Common(outputs), width: outputCount,
      left: WeightGradient(inputs: input, width: hidden, sums: Disjoint(weight)),
      biases: BiasGradients(first: Disjoint(bias)))
    resources.form(product, over: batch.dimensions, batch.leaves)
  }
}
