import CKernels
import Storage
import WorkerPool

/// One recurrent layer unfolded over a window: its packed weights, its tape and its two passes.
///
/// Input projections and weight gradients are one product over the whole window; between them run
/// the time loops.
final class RecurrentLayer {
  let dimensions: LayerDimensions
  let cell: any RecurrentCell
  let traits: CellTraits
  private let parameters: NetworkParameters.Layer
  let resources: ProductResources

  // Weights and biases as products read them, renewed after every update.
  private let inputWeight: PackedWeight  // [G·H, I]
  let hiddenWeight: PackedWeight  // [G·H, H]
  private let inputBias: FloatArena  // [G·H]
  let hiddenBias: FloatArena  // [G·H]

  // The tape. Slot 0 of outputs and memories is the state at the window's left edge.
  let gates: FloatArena  // [T, B, G·H]
  let recurrentSums: FloatArena  // [T, B, G·H], if separate
  let outputsArena: FloatArena  // [T + 1, B, H]
  let memories: FloatArena  // [T + 1, B, H], if kept
  let saved: FloatArena  // [T, B, savedVectors·H]

  // Running values of the time loops.
  let previousHidden: FloatArena  // [B, H]
  let previousMemory: FloatArena  // [B, H]
  let hiddenGradient: FloatArena  // [B, H]
  let memoryGradient: FloatArena  // [B, H]

  /// ∂L/∂outputs, written by what reads them.
  let outputGradient: FloatArena  // [T, B, H]

  private(set) var streams = 0

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
    inputWeight = PackedWeight(
      rows: width, columns: input, goesBack: needsInputGradient, resources: resources)
    hiddenWeight = PackedWeight(rows: width, columns: hidden, resources: resources)
    inputBias = FloatArena(count: width)
    hiddenBias = FloatArena(count: width)
    let rows = capacity.rows
    let states = (capacity.timeSteps + 1) * capacity.streams * hidden
    gates = FloatArena(count: rows * width)
    recurrentSums = FloatArena(count: traits.separatesRecurrentSums ? rows * width : 0)
    outputsArena = FloatArena(count: states)
    memories = FloatArena(count: traits.keepsMemory ? states : 0)
    saved = FloatArena(count: rows * traits.savedVectors * hidden)
    let step = capacity.streams * hidden
    previousHidden = FloatArena(count: step)
    previousMemory = FloatArena(count: step)
    hiddenGradient = FloatArena(count: step)
    memoryGradient = FloatArena(count: step)
    outputGradient = FloatArena(count: rows * hidden)
  }

  /// h_t for every time step of the window.
  var outputs: FloatPointer {  // [T, B, H]
    outputsArena.base + streams * dimensions.hidden
  }

  /// h (vector 0) or c (vector 1) before time step `timeStep` of the window.
  func state(vector: Int, before timeStep: Int) -> FloatPointer {  // [B, H]
    let base = vector == 0 ? outputsArena.base : memories.base
    return base + timeStep * streams * dimensions.hidden
  }

  /// Brings this worker's part of the rank's share of the packed weights up to date.
  func pack(_ weights: UnsafePointer<Float>, share: Share, worker: Share) {
    inputWeight.pack(weights + parameters.inputWeight.offset, share: share, worker: worker)
    hiddenWeight.pack(weights + parameters.hiddenWeight.offset, share: share, worker: worker)
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

  /// Prepares the tape for windows of `streams` streams.
  func begin(streams: Int) { self.streams = streams }

  // MARK: Input

  /// sums = W_ih·x + b, for all rows at once.
  func project(_ input: UnsafePointer<Float>, rows: Int, into sums: FloatPointer) {
    resources.pool.forEachSlice(of: rows) { worker, rows in
      let out = sums + rows.lowerBound * dimensions.gateWidth
      inputWeight.forward.multiply(
        input + rows.lowerBound * dimensions.input, rows: rows.count,
        from: .bias(inputBias.base), into: out, scratch: resources.scratch(worker: worker))
    }
  }

  /// ∂L/∂input [T, B, I] = gate gradients · W_ih; not for the lowest layer over vectors.
  func backwardToInput(_ inputGradient: FloatPointer, window: WindowDimensions) {
    multiplyBack(gates.base, rows: window.rows, into: inputGradient)
  }

  /// ∂L/∂input of some rows.
  func multiplyBack(
    _ sumGradients: FloatPointer, rows: Int, into inputGradient: FloatPointer
  ) {
    resources.pool.forEachSlice(of: rows) { worker, rows in
      inputWeight.backward.multiply(
        sumGradients + rows.lowerBound * dimensions.gateWidth, rows: rows.count, from: .zero,
        into: inputGradient + rows.lowerBound * dimensions.input,
        scratch: resources.scratch(worker: worker))
    }
  }

  /// Adds the window's sums to the gradients of this layer's weights and biases.
  func addWeightGradients(
    input: UnsafePointer<Float>, resets: UnsafePointer<UInt8>, window: WindowDimensions,
    to gradients: FloatPointer, continues: Bool
  ) {
    if traits.separatesRecurrentSums {
      addInputGradients(
        of: gates.base, inputs: input, window: window, to: gradients, continues: continues)
      addStateGradients(resets: resets, window: window, to: gradients, continues: continues)
    } else {
      resources.addGradients(
        of: gates.base, width: dimensions.gateWidth, dimensions: window,
        weights: inputGradient(input, gradients), stateGradient(resets, gradients),
        biases: biasGradients(gradients), continues: continues)
    }
  }

  /// Adds to the gradients of what reads the input.
  func addInputGradients(
    of sumGradients: UnsafePointer<Float>, inputs: UnsafePointer<Float>, window: WindowDimensions,
    to gradients: FloatPointer, continues: Bool
  ) {
    resources.addGradients(
      of: sumGradients, width: dimensions.gateWidth, dimensions: window,
      weights: inputGradient(inputs, gradients), biases: biasGradients(gradients),
      continues: continues)
  }

  /// Adds to the gradients of what reads the state.
  func addStateGradients(
    resets: UnsafePointer<UInt8>, window: WindowDimensions, to gradients: FloatPointer,
    continues: Bool
  ) {
    let hiddenBias = BiasGradients(first: gradients + parameters.hiddenBias.offset)
    resources.addGradients(
      of: traits.separatesRecurrentSums ? recurrentSums.base : gates.base,
      width: dimensions.gateWidth, dimensions: window, weights: stateGradient(resets, gradients),
      biases: traits.separatesRecurrentSums ? hiddenBias : nil, continues: continues)
  }

  /// Adds each time step's gradient of the sums to its symbol's. // [V, G·H]
  func addGradients(
    bySymbol symbols: UnsafePointer<Int32>, window: WindowDimensions,
    to symbolGradients: FloatPointer
  ) {
    resources.addRows(
      of: gates.base, width: dimensions.gateWidth, bySymbol: symbols, window: window,
      to: symbolGradients)
  }

  private func inputGradient(
    _ inputs: UnsafePointer<Float>, _ gradients: FloatPointer
  ) -> WeightGradient {
    WeightGradient(
      inputs: inputs, width: dimensions.input, sums: gradients + parameters.inputWeight.offset)
  }

  private func stateGradient(
    _ resets: UnsafePointer<UInt8>, _ gradients: FloatPointer
  ) -> WeightGradient {
    WeightGradient(
      inputs: outputsArena.base, width: dimensions.hidden, zeroRows: resets,
      sums: gradients + parameters.hiddenWeight.offset)
  }

  /// Both of PyTorch's biases stand in the input's sums, unless the state has sums of its own.
  private func biasGradients(_ gradients: FloatPointer) -> BiasGradients {
    BiasGradients(
      first: gradients + parameters.inputBias.offset,
      second: traits.separatesRecurrentSums ? nil : gradients + parameters.hiddenBias.offset)
  }
}

/// A cell type's constants, read once.
struct CellTraits {
  let keepsMemory: Bool
  let separatesRecurrentSums: Bool
  let savedVectors: Int
  let passesHidden: Bool

  init(_ cell: any RecurrentCell.Type) {
    keepsMemory = cell.keepsMemory
    separatesRecurrentSums = cell.separatesRecurrentSums
    savedVectors = cell.savedVectors
    passesHidden = cell.passesHidden
  }
}
