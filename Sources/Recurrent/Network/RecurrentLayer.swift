import CKernels
import Storage
import WorkerPool

/// One recurrent layer unfolded over a window: its packed weights, its tape and its two passes.
///
/// Input projections and weight gradients are one product over the whole window; between them,
/// each worker takes some streams through all time steps.
final class RecurrentLayer {
  let dimensions: LayerDimensions
  private let cell: any RecurrentCell
  private let traits: CellTraits
  private let parameters: NetworkParameters.Layer
  private let resources: ProductResources
  private let needsInputGradient: Bool

  // Weights as products read them, renewed after every update.
  private let inputForward: PackedMatrix  // W_ihᵀ [I, G·H]
  private let hiddenForward: PackedMatrix  // W_hhᵀ [H, G·H]
  private let inputBackward: PackedMatrix  // W_ih [G·H, I]
  private let hiddenBackward: PackedMatrix  // W_hh [G·H, H]
  private let inputBias: FloatArena  // [G·H]
  private let hiddenBias: FloatArena  // [G·H]

  // The tape. Slot 0 of outputs and memories is the state at the window's left edge.
  private let gates: FloatArena  // [T, B, G·H]
  private let recurrentSums: FloatArena  // [T, B, G·H], if separate
  private let outputsArena: FloatArena  // [T + 1, B, H]
  private let memories: FloatArena  // [T + 1, B, H], if kept
  private let saved: FloatArena  // [T, B, savedVectors·H]

  // Running values of the time loops.
  private let previousHidden: FloatArena  // [B, H]
  private let previousMemory: FloatArena  // [B, H]
  private let hiddenGradient: FloatArena  // [B, H]
  private let memoryGradient: FloatArena  // [B, H]

  /// ∂L/∂outputs, written by what reads them.
  let outputGradient: FloatArena  // [T, B, H]

  private var streams = 0

  init(
    parameters: NetworkParameters.Layer, dimensions: LayerDimensions, cell: any RecurrentCell,
    capacity: WindowDimensions, resources: ProductResources, needsInputGradient: Bool
  ) {
    self.parameters = parameters
    self.dimensions = dimensions
    self.cell = cell
    self.resources = resources
    self.needsInputGradient = needsInputGradient
    traits = CellTraits(type(of: cell))
    let (input, hidden, width) = (dimensions.input, dimensions.hidden, dimensions.gateWidth)
    let kernels = resources.kernels
    inputForward = PackedMatrix(k: input, n: width, kernels: kernels)
    hiddenForward = PackedMatrix(k: hidden, n: width, kernels: kernels)
    inputBackward = PackedMatrix(k: needsInputGradient ? width : 0, n: input, kernels: kernels)
    hiddenBackward = PackedMatrix(k: width, n: hidden, kernels: kernels)
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

  /// Brings this worker's share of the packed weights up to date.
  func pack(_ weights: UnsafePointer<Float>, share: WorkerShare) {
    let inputWeight = weights + parameters.inputWeight.offset
    let hiddenWeight = weights + parameters.hiddenWeight.offset
    inputForward.packTransposed(inputWeight, share: share)
    hiddenForward.packTransposed(hiddenWeight, share: share)
    if needsInputGradient { inputBackward.pack(inputWeight, share: share) }
    hiddenBackward.pack(hiddenWeight, share: share)
    let units = share.range(of: dimensions.gateWidth)
    let fromInput = weights + parameters.inputBias.offset + units.lowerBound
    let fromHidden = weights + parameters.hiddenBias.offset + units.lowerBound
    let input = inputBias.base + units.lowerBound
    if traits.separatesRecurrentSums {
      input.update(from: fromInput, count: units.count)
      (hiddenBias.base + units.lowerBound).update(from: fromHidden, count: units.count)
    } else {
      resources.kernels.pointee.add(fromInput, fromHidden, units.count, input)
    }
  }

  // MARK: Forward

  /// Runs the window from the state in slot 0.
  func forward(
    _ input: LayerInput, resets: UnsafePointer<UInt8>, window: WindowDimensions
  ) {
    if case .vectors(let x) = input { project(x, rows: window.rows, into: gates.base) }
    resources.pool.forEachSlice(of: window.streams) { worker, streams in
      let scratch = resources.scratch(worker: worker)
      for timeStep in 0..<window.timeSteps {
        forwardStep(timeStep, streams, input, resets, scratch)
      }
    }
  }

  /// Prepares the tape for windows of `streams` streams.
  func begin(streams: Int) { self.streams = streams }

  /// sums = W_ih·x + b, for all rows at once.
  func project(_ input: UnsafePointer<Float>, rows: Int, into sums: FloatPointer) {
    resources.pool.forEachSlice(of: rows) { worker, rows in
      let out = sums + rows.lowerBound * dimensions.gateWidth
      inputForward.multiply(
        input + rows.lowerBound * dimensions.input, rows: rows.count,
        from: .bias(inputBias.base), into: out, scratch: resources.scratch(worker: worker))
    }
  }

  private func forwardStep(
    _ timeStep: Int, _ slice: Range<Int>, _ input: LayerInput, _ resets: UnsafePointer<UInt8>,
    _ scratch: FloatPointer
  ) {
    let operands = StepOperands(layer: self, timeStep: timeStep, slice: slice, resets: resets)
    let rows = slice.count
    let width = dimensions.gateWidth
    var start = UnfoldStart.existing(operands.gates, width: width)
    if case .symbols(let symbols, let sums) = input {
      start = .rows(of: sums, width: width, symbols + timeStep * streams + slice.lowerBound)
    }
    if traits.separatesRecurrentSums {
      if let symbols = start.rows, let sums = start.values {
        resources.kernels.pointee.gather_rows(sums, width, symbols, rows, operands.gates)
      }
      start = .bias(hiddenBias.base)
    }
    hiddenForward.multiply(
      operands.previousHidden, rows: rows, from: start, into: operands.recurrentSums,
      scratch: scratch)
    cell.forward(
      CellForwardStep(
        rows: rows, hidden: dimensions.hidden, gates: operands.gates,
        recurrentSums: operands.recurrentSums, previousHidden: operands.previousHidden,
        previousMemory: operands.previousMemory, output: operands.output,
        memory: operands.memory, saved: operands.saved))
  }

  // MARK: Backward

  /// Turns the tape's gates into gradients of their sums, last time step first. The gradient is
  /// cut at the window's left edge and at resets.
  func backwardThroughTime(resets: UnsafePointer<UInt8>, window: WindowDimensions) {
    let hidden = dimensions.hidden
    resources.pool.forEachSlice(of: window.streams) { worker, streams in
      let scratch = resources.scratch(worker: worker)
      let first = streams.lowerBound * hidden
      (hiddenGradient.base + first).update(repeating: 0, count: streams.count * hidden)
      (memoryGradient.base + first).update(repeating: 0, count: streams.count * hidden)
      for timeStep in (0..<window.timeSteps).reversed() {
        backwardStep(timeStep, streams, resets, scratch)
      }
    }
  }

  private func backwardStep(
    _ timeStep: Int, _ slice: Range<Int>, _ resets: UnsafePointer<UInt8>, _ scratch: FloatPointer
  ) {
    let operands = StepOperands(layer: self, timeStep: timeStep, slice: slice, resets: resets)
    let hidden = dimensions.hidden
    let outputGradient = outputGradient.base + (timeStep * streams + slice.lowerBound) * hidden
    let hiddenGradient = hiddenGradient.base + slice.lowerBound * hidden
    let memoryGradient = memoryGradient.base + slice.lowerBound * hidden
    cell.backward(
      CellBackwardStep(
        rows: slice.count, hidden: hidden, gates: operands.gates,
        recurrentSums: operands.recurrentSums, previousHidden: operands.previousHidden,
        previousMemory: operands.previousMemory, output: operands.output, saved: operands.saved,
        outputGradient: outputGradient, hiddenGradient: hiddenGradient,
        memoryGradient: memoryGradient))
    guard timeStep > 0 else { return }
    hiddenBackward.multiply(
      operands.recurrentSums, rows: slice.count,
      from: traits.passesHidden ? .existing(hiddenGradient, width: hidden) : .zero,
      into: hiddenGradient, scratch: scratch)
    for row in slice where resets[timeStep * streams + row] != 0 {
      (self.hiddenGradient.base + row * hidden).update(repeating: 0, count: hidden)
      (self.memoryGradient.base + row * hidden).update(repeating: 0, count: hidden)
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
      inputBackward.multiply(
        sumGradients + rows.lowerBound * dimensions.gateWidth, rows: rows.count, from: .zero,
        into: inputGradient + rows.lowerBound * dimensions.input,
        scratch: resources.scratch(worker: worker))
    }
  }

  /// Adds the window's sums to the gradients of this layer's weights and biases.
  func addWeightGradients(
    input: UnsafePointer<Float>, resets: UnsafePointer<UInt8>, window: WindowDimensions,
    to gradients: FloatPointer
  ) {
    if traits.separatesRecurrentSums {
      addInputGradients(of: gates.base, inputs: input, window: window, to: gradients)
      addStateGradients(resets: resets, window: window, to: gradients)
    } else {
      resources.addGradients(
        of: gates.base, width: dimensions.gateWidth, dimensions: window,
        weights: inputGradient(input, gradients), stateGradient(resets, gradients),
        biases: biasGradients(gradients))
    }
  }

  /// Adds to the gradients of what reads the input.
  func addInputGradients(
    of sumGradients: UnsafePointer<Float>, inputs: UnsafePointer<Float>, window: WindowDimensions,
    to gradients: FloatPointer
  ) {
    resources.addGradients(
      of: sumGradients, width: dimensions.gateWidth, dimensions: window,
      weights: inputGradient(inputs, gradients), biases: biasGradients(gradients))
  }

  /// Adds to the gradients of what reads the state.
  func addStateGradients(
    resets: UnsafePointer<UInt8>, window: WindowDimensions, to gradients: FloatPointer
  ) {
    let hiddenBias = BiasGradients(first: gradients + parameters.hiddenBias.offset)
    resources.addGradients(
      of: traits.separatesRecurrentSums ? recurrentSums.base : gates.base,
      width: dimensions.gateWidth, dimensions: window, weights: stateGradient(resets, gradients),
      biases: traits.separatesRecurrentSums ? hiddenBias : nil)
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

/// What a layer reads.
enum LayerInput {
  /// x of every time step. // [T, B, I]
  case vectors(UnsafePointer<Float>)
  /// Symbols [T, B], and W_ih·e + b of every symbol [V, G·H].
  case symbols(UnsafePointer<Int32>, sums: UnsafePointer<Float>)
}

/// A cell type's constants, read once.
private struct CellTraits {
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

extension RecurrentLayer {
  /// The places on the tape of some streams at one time step.
  private struct StepOperands {
    let gates: FloatPointer  // [rows, G·H]
    let recurrentSums: FloatPointer  // [rows, G·H]
    let previousHidden: FloatPointer  // [rows, H]
    let previousMemory: FloatPointer  // [rows, H]
    let output: FloatPointer  // [rows, H]
    let memory: FloatPointer  // [rows, H]
    let saved: FloatPointer  // [rows, savedVectors·H]

    init(
      layer: RecurrentLayer, timeStep: Int, slice: Range<Int>, resets: UnsafePointer<UInt8>
    ) {
      let (hidden, width) = (layer.dimensions.hidden, layer.dimensions.gateWidth)
      let traits = layer.traits
      let row = timeStep * layer.streams + slice.lowerBound
      let step = layer.streams * hidden
      gates = layer.gates.base + row * width
      recurrentSums = traits.separatesRecurrentSums ? layer.recurrentSums.base + row * width : gates
      output = layer.outputsArena.base + row * hidden + step
      memory = traits.keepsMemory ? layer.memories.base + row * hidden + step : output
      saved = layer.saved.base + row * traits.savedVectors * hidden
      let resets = resets + row
      let carriedHidden = layer.outputsArena.base + row * hidden
      let carriedMemory = traits.keepsMemory ? layer.memories.base + row * hidden : carriedHidden
      guard (0..<slice.count).contains(where: { resets[$0] != 0 }) else {
        previousHidden = carriedHidden
        previousMemory = carriedMemory
        return
      }
      previousHidden = layer.previousHidden.base + slice.lowerBound * hidden
      previousMemory = layer.previousMemory.base + slice.lowerBound * hidden
      Self.copy(carriedHidden, zeroing: resets, rows: slice.count, hidden, to: previousHidden)
      Self.copy(carriedMemory, zeroing: resets, rows: slice.count, hidden, to: previousMemory)
    }

    private static func copy(
      _ source: FloatPointer, zeroing resets: UnsafePointer<UInt8>, rows: Int, _ hidden: Int,
      to target: FloatPointer
    ) {
      target.update(from: source, count: rows * hidden)
      for row in 0..<rows where resets[row] != 0 {
        (target + row * hidden).update(repeating: 0, count: hidden)
      }
    }
  }
}
