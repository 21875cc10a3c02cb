import CKernels
import Storage
import Workers

/// One recurrent layer unfolded over a window: its packed weights, its tape and its two passes.
///
/// Input projections, input gradients and weight gradients are products over many time steps: over a block
/// of them where one worker has the window to itself, else over the whole window, before and after the time
/// loops.
final class RecurrentLayer: Sendable {
  let dimensions: LayerDimensions
  let cell: any RecurrentCell
  let traits: CellTraits
  let parameters: NetworkParameters.Layer
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

  /// The sums of the state's weights, and of the input's unless these have sums of their own.
  let leafSums: LeafSums
  let inputLeafSums: LeafSums?

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
    let (rows, streams) = (capacity.rows, capacity.streams)
    let states = (capacity.timeSteps + 1) * capacity.streams * hidden
    // Sums over a window read a panel's columns, as many as there may be behind the last row.
    let panel = resources.kernels.pointee.panel_width
    gates = Arena(count: rows * width + panel)
    recurrentSums = Arena(count: traits.separatesRecurrentSums ? rows * width + panel : 0)
    outputsArena = Arena(count: states)
    memories = Arena(count: traits.keepsMemory ? states : 0)
    saved = Arena(count: rows * traits.savedVectors * hidden)
    let step = capacity.streams * hidden
    previousHidden = Arena(count: step)
    previousMemory = Arena(count: step)
    hiddenGradient = Arena(count: step)
    memoryGradient = Arena(count: step)
    outputGradient = Arena(count: rows * hidden)
    func leafSums(inputs: Int) -> LeafSums {
      LeafSums(columns: width, inputs: inputs, streams: streams, resources: resources)
    }
    let isSeparate = traits.separatesRecurrentSums
    self.leafSums = leafSums(inputs: isSeparate ? hidden : input + hidden)
    inputLeafSums = isSeparate ? leafSums(inputs: input) : nil
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

  /// A product of fewer rows would read its weights too often.
  private static let leastRowsOfBlock = 32

  /// So many time steps go through the time loop before a product over them, which finds them in a cache;
  /// all of a window that several workers share, or of a layer so wide that no cache would hold enough.
  func blockLength(_ window: WindowDimensions) -> Int {
    let ofRow = dimensions.gateWidth + dimensions.input + dimensions.hidden + 1
    // The weights are to stay in the same cache.
    let rows = resources.kernels.pointee.gathered_floats / 2 / ofRow
    guard resources.pool.workers == 1, rows >= max(Self.leastRowsOfBlock, window.streams) else {
      return max(1, window.timeSteps)
    }
    return min(window.timeSteps, rows / max(1, window.streams))
  }

  /// sums = W_ih·x + b, for some rows.
  func project(_ input: Common<Float>, rows: Range<Int>, into sums: FloatPointer) {
    let sums = Disjoint(sums)
    resources.pool.forEachSlice(of: rows.count) { worker, slice in
      let row = rows.lowerBound + slice.lowerBound
      inputWeight.forward.multiply(
        input + row * dimensions.input, rows: slice.count, from: .bias(inputBias.base),
        into: sums + row * dimensions.gateWidth, scratch: resources.scratch(worker: worker))
    }
  }

  /// ∂L/∂input = gradients of the sums · W_ih, for some rows; not for the lowest layer over vectors.
  func multiplyBack(
    _ sumGradients: Common<Float>, rows: Range<Int>, into inputGradient: FloatPointer
  ) {
    let inputGradient = Disjoint(inputGradient)
    resources.pool.forEachSlice(of: rows.count) { worker, slice in
      let row = rows.lowerBound + slice.lowerBound
      inputWeight.backward.multiply(
        sumGradients + row * dimensions.gateWidth, rows: slice.count, from: .zero,
        into: inputGradient + row * dimensions.input, scratch: resources.scratch(worker: worker))
    }
  }
}
