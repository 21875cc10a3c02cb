import CKernels
import Storage
import Workers

/// One recurrent layer unfolded over a window: its packed weights, its tape and its two passes.
///
/// Input projections and weight gradients are one product over the whole window; between them run
/// the time loops.
final class RecurrentLayer: Sendable {
  let dimensions: LayerDimensions
  let cell: any RecurrentCell
  let traits: CellTraits
  private let parameters: NetworkParameters.Layer
  let resources: ProductResources

  // Weights and biases as products read them, renewed after every update.
  let inputWeight: PackedWeight  // [G·H, I]
  let hiddenWeight: PackedWeight  // [G·H, H]
  /// The weights of a cell that forms its sums by itself.
  let fused: FusedWeights?
  let inputBias: Arena<Float>  // [G·H]
  let hiddenBias: Arena<Float>  // [G·H]

  // The tape. Slot 0 of outputs and memories is the state at the window's left edge.
  let gates: Arena<Float>  // [T, B, G·H]
  let recurrentSums: Arena<Float>  // [T, B, G·H], if separate
  let outputsArena: Arena<Float>  // [T + 1, B, H]
  let memories: Arena<Float>  // [T + 1, B, H], if kept
  let saved: Arena<Float>  // [T, B, savedVectors·H]

  // Running values of the time loops.
  let previousHidden: Arena<Float>  // [B, H]
  let previousMemory: Arena<Float>  // [B, H]
  let hiddenGradient: Arena<Float>  // [B, H]
  let memoryGradient: Arena<Float>  // [B, H]

  /// ∂L/∂outputs, written by what reads them.
  let outputGradient: Arena<Float>  // [T, B, H]

  init(
    parameters: NetworkParameters.Layer, dimensions: LayerDimensions, cell: any RecurrentCell,
    capacity: WindowDimensions, resources: ProductResources, needsInputGradient: Bool
  ) {
    self.parameters = parameters
    self.dimensions = dimensions
    self.cell = cell
    self.resources = resources
    traits = CellTraits(type(of: cell))
    let (input, hidden, width) = (dimensions.input, dimensions.hidden, dimensions.gateWidth)
    fused = FusedWeights(of: cell, dimensions, resources: resources)
    inputWeight = PackedWeight(
      rows: width, columns: input, goesBack: needsInputGradient, resources: resources)
    hiddenWeight = PackedWeight(
      rows: width, columns: hidden, goesForward: fused == nil, resources: resources)
    inputBias = Arena(count: width)
    hiddenBias = Arena(count: width)
    let rows = capacity.rows
    let states = (capacity.timeSteps + 1) * capacity.streams * hidden
    gates = Arena(count: rows * width)
    recurrentSums = Arena(count: traits.separatesRecurrentSums ? rows * width : 0)
    outputsArena = Arena(count: states)
    memories = Arena(count: traits.keepsMemory ? states : 0)
    saved = Arena(count: rows * traits.savedVectors * hidden)
    let step = capacity.streams * hidden
    previousHidden = Arena(count: step)
    previousMemory = Arena(count: step)
    hiddenGradient = Arena(count: step)
    memoryGradient = Arena(count: step)
    outputGradient = Arena(count: rows * hidden)
  }

  /// h_t for every time step of a window of so many streams.
  func outputs(streams: Int) -> FloatPointer {  // [T, B, H]
    outputsArena.base + streams * dimensions.hidden
  }

  /// h (vector 0) or c (vector 1) before time step `timeStep` of a window of so many streams.
  func state(vector: Int, before timeStep: Int, streams: Int) -> FloatPointer {  // [B, H]
    let base = vector == 0 ? outputsArena.base : memories.base
    return base + timeStep * streams * dimensions.hidden
  }

  /// Brings this worker's part of the rank's share of the packed weights up to date.
  func pack(_ weights: Common<Float>, share: Share, worker: Share) {
    inputWeight.pack(weights + parameters.inputWeight.offset, share: share, worker: worker)
    hiddenWeight.pack(weights + parameters.hiddenWeight.offset, share: share, worker: worker)
    fused?.pack(
      input: weights.base + parameters.inputWeight.offset,
      hidden: weights.base + parameters.hiddenWeight.offset, share: share, worker: worker)
  }

  /// Brings the biases up to date.
  func renewBiases(_ weights: UnsafePointer<Float>) {
    let fromInput = weights + parameters.inputBias.offset
    let fromHidden = weights + parameters.hiddenBias.offset
    if traits.separatesRecurrentSums {
      inputBias.base.update(from: fromInput, count: dimensions.gateWidth)
      hiddenBias.base.update(from: fromHidden, count: dimensions.gateWidth)
    } else {
      resources.kernels.pointee.add(fromInput, fromHidden, dimensions.gateWidth, inputBias.base)
    }
  }

  // MARK: Input

  /// sums = W_ih·x + b, for all rows at once.
  func project(_ input: Common<Float>, rows: Int, into sums: FloatPointer) {
    let sums = Disjoint(sums)
    resources.pool.forEachSlice(of: rows) { worker, rows in
      let out = sums + rows.lowerBound * dimensions.gateWidth
      inputWeight.forward.multiply(
        input + rows.lowerBound * dimensions.input, rows: rows.count,
        from: .bias(inputBias.base), into: out, scratch: resources.scratch(worker: worker))
    }
  }

  /// ∂L/∂input [T, B, I] = gate gradients · W_ih; not for the lowest layer over vectors.
  func backwardToInput(_ inputGradient: FloatPointer, window: WindowDimensions) {
    multiplyBack(Common(gates.base), rows: window.rows, into: inputGradient)
  }

  /// ∂L/∂input of some rows.
  func multiplyBack(
    _ sumGradients: Common<Float>, rows: Int, into inputGradient: FloatPointer
  ) {
    let inputGradient = Disjoint(inputGradient)
    resources.pool.forEachSlice(of: rows) { worker, rows in
      inputWeight.backward.multiply(
        sumGradients + rows.lowerBound * dimensions.gateWidth, rows: rows.count, from: .zero,
        into: inputGradient + rows.lowerBound * dimensions.input,
        scratch: resources.scratch(worker: worker))
    }
  }

  /// Forms the gradients of this layer's weights and biases.
  func formWeightGradients(
    input: Common<Float>, of batch: NetworkBatch, at gradients: FloatPointer
  ) {
    if traits.separatesRecurrentSums {
      formInputGradients(
        of: Common(gates.base), inputs: input, window: batch.dimensions, leaves: batch.leaves,
        at: gradients)
      formStateGradients(of: batch, at: gradients)
    } else {
      resources.formGradients(
        of: Common(gates.base), width: dimensions.gateWidth, batch,
        weights: inputGradient(input, gradients), stateGradient(batch.resets, gradients),
        biases: biasGradients(gradients))
    }
  }

  /// Forms the gradients of what reads the input.
  func formInputGradients(
    of sumGradients: Common<Float>, inputs: Common<Float>, window: WindowDimensions,
    leaves: WindowLeaves, at gradients: FloatPointer
  ) {
    resources.formGradients(
      of: sumGradients, width: dimensions.gateWidth, window, leaves,
      weights: inputGradient(inputs, gradients), biases: biasGradients(gradients))
  }

  /// Forms the gradients of what reads the state.
  func formStateGradients(of batch: NetworkBatch, at gradients: FloatPointer) {
    let hiddenBias = BiasGradients(
      first: Disjoint(gradients + parameters.hiddenBias.offset))
    resources.formGradients(
      of: Common(traits.separatesRecurrentSums ? recurrentSums.base : gates.base),
      width: dimensions.gateWidth, batch, weights: stateGradient(batch.resets, gradients),
      biases: traits.separatesRecurrentSums ? hiddenBias : nil)
  }

  /// Sums the time steps' gradients of the sums by symbol. // [V, G·H]
  func formGradients(
    bySymbol rows: Common<UnfoldSymbolRow>, of batch: NetworkBatch,
    at symbolGradients: FloatPointer
  ) {
    resources.sumRows(
      of: Common(gates.base), width: dimensions.gateWidth, rows, batch, into: symbolGradients)
  }

  private func inputGradient(
    _ inputs: Common<Float>, _ gradients: FloatPointer
  ) -> WeightGradient {
    WeightGradient(
      inputs: inputs, width: dimensions.input,
      sums: Disjoint(gradients + parameters.inputWeight.offset))
  }

  private func stateGradient(
    _ resets: Common<UInt8>, _ gradients: FloatPointer
  ) -> WeightGradient {
    WeightGradient(
      inputs: Common(outputsArena.base), width: dimensions.hidden, zeroRows: resets,
      sums: Disjoint(gradients + parameters.hiddenWeight.offset))
  }

  /// Both of PyTorch's biases stand in the input's sums, unless the state has sums of its own.
  private func biasGradients(_ gradients: FloatPointer) -> BiasGradients {
    BiasGradients(
      first: Disjoint(gradients + parameters.inputBias.offset),
      second: traits.separatesRecurrentSums
        ? nil : Disjoint(gradients + parameters.hiddenBias.offset))
  }
}
