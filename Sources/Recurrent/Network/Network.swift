import CKernels
import Storage
import WorkerPool

/// A recurrent network unfolded over a window: input → recurrent layers → readout → loss.
///
/// Every buffer is made once, for the largest window; a step allocates nothing. The order of one
/// step is `pack`, `forward`, `costAndOutputGradient`, `backwardThroughTime`,
/// `addWeightGradients`.
public final class Network {
  /// What it computes.
  public let description: NetworkDescription
  /// The largest window.
  public let capacity: WindowDimensions
  private let cell: any RecurrentCell.Type
  private let parameters: NetworkParameters
  private let resources: ProductResources
  private let embedding: InputEmbedding?
  private let layers: [RecurrentLayer]
  private let dropouts: [Dropout]  // before layer 0, 1, …, and before the readout
  private let readout: Readout

  // The window that `forward` ran.
  private var window = WindowDimensions(timeSteps: 0, streams: 0)
  private var layerInputs: [FloatPointer]  // of layers 0, 1, … and of the readout

  /// A network for windows up to `capacity`, with its weights still to be packed.
  public init(
    _ description: NetworkDescription, capacity: WindowDimensions, pool: WorkerPool
  ) throws(RecurrentError) {
    guard let cell = CellRegistry.cell(named: description.cell) else {
      throw .unknownCell(description.cell)
    }
    self.description = description
    self.capacity = capacity
    self.cell = cell
    let (hidden, width) = (description.hidden, description.input.width)
    let parameters = NetworkParameters(description, gateCount: cell.gateCount)
    let resources = ProductResources(
      kernels: unfold_active_kernels(), pool: pool, widestOperand: max(hidden, width),
      maximumRows: capacity.rows)
    self.parameters = parameters
    self.resources = resources
    var embedding: InputEmbedding?
    if case .symbols = description.input {
      embedding = InputEmbedding(width: width, capacity: capacity, resources: resources)
    }
    self.embedding = embedding
    layers = (0..<description.layers).map { index in
      RecurrentLayer(
        parameters: parameters.layers[index],
        dimensions: LayerDimensions(
          input: index == 0 ? width : hidden, hidden: hidden, gates: cell.gateCount),
        cell: cell.init(activation: description.activation), capacity: capacity,
        resources: resources, needsInputGradient: index > 0 || embedding != nil)
    }
    dropouts = (0...description.layers).map { place in
      let rates = description.dropout
      let isOutput = place == description.layers
      return Dropout(
        rate: place == 0 ? rates.input : isOutput ? rates.output : rates.between, layer: place,
        width: place == 0 ? width : hidden, capacity: capacity, resources: resources)
    }
    readout = Readout(
      hidden: hidden, outputs: description.outputs, loss: description.loss, capacity: capacity,
      resources: resources)
    layerInputs = Array(repeating: readout.outputs, count: description.layers + 1)
  }

  // MARK: Parameters

  /// Where the parameters lie.
  public var layout: ParameterLayout { parameters.layout }

  /// The size of a gradient arena: the parameters, and with weight tying the readout's part of the
  /// shared matrix, which stays apart until `foldTiedGradient`.
  public var gradientCount: Int {
    layout.count + (description.tied ? parameters.readoutWeight.count : 0)
  }

  /// Writes the initial parameters.
  public func initialize(_ weights: FloatPointer, seed: UInt64) {
    InitialWeights(seed: seed, description: description, cell: cell, parameters: parameters)
      .write(to: weights)
  }

  /// Brings the packed weights up to date with `weights`; the embedding is read in place.
  public func pack(_ weights: UnsafePointer<Float>) {
    let pool = resources.pool
    pool.run { worker in
      let share = WorkerShare(worker: worker, workers: pool.workers)
      for layer in layers { layer.pack(weights, share: share) }
      readout.pack(
        weight: weights + parameters.readoutWeight.offset,
        bias: weights + parameters.readoutBias.offset, share: share)
    }
  }

  /// 6 × (Σ layers G·H·(I + H) + readout weights): forward and backward of one counted time step,
  /// the embedding look-up not counted.
  public var modelFlopsPerTimeStep: Double {
    let layerWeights = layers.reduce(0) {
      $0 + $1.dimensions.gateWidth * ($1.dimensions.input + $1.dimensions.hidden)
    }
    return 6 * Double(layerWeights + description.outputs * description.hidden)
  }

  // MARK: Forward

  /// The zero state for this network's streams.
  public func makeState() -> RecurrentState {
    RecurrentState(
      layers: description.layers, vectors: cell.keepsMemory ? 2 : 1, streams: capacity.streams,
      hidden: description.hidden)
  }

  /// Runs a window from `state`; dropout only with a key.
  public func forward(
    _ batch: NetworkBatch, weights: UnsafePointer<Float>, from state: RecurrentState,
    dropout key: DropoutKey? = nil
  ) {
    precondition(
      batch.dimensions.rows <= capacity.rows && batch.dimensions.streams == capacity.streams,
      "a window of \(batch.dimensions) in a network for \(capacity)")
    window = batch.dimensions
    var x = input(batch, weights)
    for (index, layer) in layers.enumerated() {
      x = dropouts[index].forward(x, window: window, key: key)
      layerInputs[index] = x
      layer.begin(streams: window.streams)
      for vector in 0..<state.vectors {
        layer.state(vector: vector, before: 0).update(
          from: state.values(layer: index, vector: vector),
          count: state.streams * state.hidden)
      }
      layer.forward(input: x, resets: batch.resets, window: window)
      x = layer.outputs
    }
    x = dropouts[layers.count].forward(x, window: window, key: key)
    layerInputs[layers.count] = x
    readout.forward(x, window: window)
  }

  private func input(_ batch: NetworkBatch, _ weights: UnsafePointer<Float>) -> FloatPointer {
    if let embedding, let table = parameters.embedding, let symbols = batch.symbols {
      return embedding.forward(symbols, table: weights + table.offset, window: window)
    }
    guard let vectors = batch.vectors else { preconditionFailure("a batch without input") }
    // The layers only read their inputs; dropout writes to a buffer of its own.
    return FloatPointer(mutating: vectors)
  }

  /// Copies the state before time step `timeStep` of the last window.
  public func captureState(before timeStep: Int, into state: RecurrentState) {
    for (index, layer) in layers.enumerated() {
      for vector in 0..<state.vectors {
        state.values(layer: index, vector: vector).update(
          from: layer.state(vector: vector, before: timeStep), count: state.streams * state.hidden)
      }
    }
  }

  /// The readout's outputs; after `costAndOutputGradient`, their gradients.
  public var outputs: UnsafePointer<Float> { UnsafePointer(readout.outputs) }  // [T, B, O]

  // MARK: Backward

  /// The last window's cost, continued from `earlier`; outputs become gradients.
  public func costAndOutputGradient(
    _ batch: NetworkBatch, continuing earlier: LossSum = LossSum()
  ) -> LossSum {
    readout.costAndGradient(batch, continuing: earlier)
  }

  /// Gradients of all sums of the unfolded network, from the readout down.
  public func backwardThroughTime(_ batch: NetworkBatch, dropout key: DropoutKey? = nil) {
    var gradient = layers[layers.count - 1].outputGradient.base
    readout.backward(to: gradient, window: window)
    dropouts[layers.count].backward(gradient, window: window, key: key)
    for index in layers.indices.reversed() {
      layers[index].backwardThroughTime(resets: batch.resets, window: window)
      guard let below = index > 0 ? layers[index - 1].outputGradient.base : embedding?.gradient.base
      else { return }
      gradient = below
      layers[index].backwardToInput(gradient, window: window)
      dropouts[index].backward(gradient, window: window, key: key)
    }
  }

  /// Adds the window's gradients, summed over time steps and streams in the order of streams.
  public func addWeightGradients(_ batch: NetworkBatch, to gradients: FloatPointer) {
    let readoutWeight = description.tied ? layout.count : parameters.readoutWeight.offset
    readout.addGradients(
      input: layerInputs[layers.count], window: window, toWeight: gradients + readoutWeight,
      bias: gradients + parameters.readoutBias.offset)
    for index in layers.indices.reversed() {
      layers[index].addWeightGradients(
        input: layerInputs[index], resets: batch.resets, window: window, to: gradients)
    }
    if let embedding, let table = parameters.embedding, let symbols = batch.symbols {
      embedding.addGradient(symbols, window: window, to: gradients + table.offset)
    }
  }

  /// With weight tying, adds the readout's gradient to that of the shared matrix.
  public func foldTiedGradient(_ gradients: FloatPointer) {
    guard description.tied else { return }
    let shared = gradients + parameters.readoutWeight.offset
    resources.kernels.pointee.add(
      shared, gradients + layout.count, parameters.readoutWeight.count, shared)
  }
}
