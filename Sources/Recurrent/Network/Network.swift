import CKernels
import Storage
import WorkerPool

/// A recurrent network unfolded over a window: input → recurrent layers → readout → loss.
///
/// Every buffer is made once, for the largest window; a step allocates nothing. The order of one
/// step is `pack`, `forward`, `costAndGradient`, `backwardThroughTime`, `addWeightGradients`,
/// `foldGradients`.
public final class Network {
  /// What it computes.
  public let description: NetworkDescription
  /// The largest window.
  public let capacity: WindowDimensions
  private let cell: any RecurrentCell.Type
  private let parameters: NetworkParameters
  private let resources: ProductResources
  private let embedding: InputEmbedding?
  private let symbolProjection: SymbolProjection?  // in the embedding's place where symbols are few
  private let layers: [RecurrentLayer]
  private let dropouts: [Dropout]  // before layer 0, 1, …, and before the readout
  private let readout: Readout

  // The window that `forward` ran.
  private var window = WindowDimensions(timeSteps: 0, streams: 0)
  private var layerInputs: [FloatPointer]  // of layers 0, 1, … and of the readout

  /// A network for windows up to `capacity`, with its weights still to be packed.
  ///
  /// - Parameter bySymbol: whether the first layer computes its input's part once a symbol rather
  ///   than once a time step, and adds gradients by symbol first. That changes the order in which
  ///   gradients are summed, so ranks that sum theirs together must agree. By default it does where
  ///   the symbols are at most half of the window's rows.
  /// - Parameter packsTouchedRows: whether only those rows of the embedding have gradients that a
  ///   window touches; see `touchedRows`. Not with tied weights, whose every row is touched.
  public init(
    _ description: NetworkDescription, capacity: WindowDimensions, pool: WorkerPool,
    bySymbol: Bool? = nil, packsTouchedRows: Bool = false
  ) throws(RecurrentError) {
    guard let cell = CellRegistry.cell(named: description.cell) else {
      throw .unknownCell(description.cell)
    }
    self.description = description
    self.capacity = capacity
    self.cell = cell
    let (hidden, width) = (description.hidden, description.input.width)
    let parameters = NetworkParameters(description, gateCount: cell.gateCount)
    let projectedSymbols = description.projectedSymbols(bySymbol, rows: capacity.rows)
    let resources = ProductResources(
      kernels: unfold_active_kernels(), pool: pool, widestOperand: max(hidden, width),
      maximumRows: max(capacity.rows, projectedSymbols ?? 0))
    self.parameters = parameters
    self.resources = resources
    layers = (0..<description.layers).map { index in
      RecurrentLayer(
        parameters: parameters.layers[index],
        dimensions: LayerDimensions(
          input: index == 0 ? width : hidden, hidden: hidden, gates: cell.gateCount),
        cell: cell.init(activation: description.activation), capacity: capacity,
        resources: resources, needsInputGradient: index > 0 || description.input.isSymbols)
    }
    symbolProjection = projectedSymbols.map { [layers] count in
      SymbolProjection(symbols: count, layer: layers[0])
    }
    if case .symbols(let count, _) = description.input, projectedSymbols == nil {
      embedding = InputEmbedding(
        width: width, capacity: capacity, resources: resources,
        touchedRows: packsTouchedRows && !description.tied
          ? TouchedRows(rowCount: count, width: width) : nil)
    } else {
      embedding = nil
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

  /// The size of a gradient arena: the parameters, and behind them what `foldGradients` adds to
  /// theirs: with weight tying the readout's part of the shared matrix, and the gradients by symbol.
  public var gradientCount: Int { symbolGradients + (symbolProjection?.count ?? 0) }

  /// The embedding's rows whose gradients are packed, if the network packs them. Before
  /// `addWeightGradients` the window's symbols must be marked, those of all ranks, and collected.
  public var touchedRows: TouchedRows? { embedding?.touchedRows }

  /// The part of a gradient arena that a window writes: all but the embedding's untouched rows.
  public var gradientStart: Int { touchedRows?.packedStart ?? 0 }

  private var tiedGradient: Int { layout.count }
  private var symbolGradients: Int {
    tiedGradient + (description.tied ? parameters.readoutWeight.count : 0)
  }

  /// Writes the initial parameters.
  public func initialize(_ weights: FloatPointer, seed: UInt64) {
    InitialWeights(seed: seed, description: description, cell: cell, parameters: parameters)
      .write(to: weights)
  }

  /// The floats that packed weights take.
  public var packedCount: Int { resources.packedMemory.count }

  /// Keeps packed weights in the `packedCount` floats at `base`, aligned to a cache line, which must
  /// outlive the network and may be those of other networks with the same description. Otherwise the
  /// first `pack` makes memory of the network's own.
  public func keepPackedWeights(at base: FloatPointer) { resources.packedMemory.use(base) }

  /// Brings the packed weights up to date with `weights`; the embedding is read in place.
  public func pack(_ weights: UnsafePointer<Float>) {
    pack(weights, share: Share(0, of: 1)) {}
  }

  /// Brings this rank's share of the packed weights up to date, and after the `handOver` of all shares
  /// what the network computes from them.
  package func pack<Failure: Error>(
    _ weights: UnsafePointer<Float>, share: Share, handOver: () throws(Failure) -> Void
  ) throws(Failure) {
    resources.packedMemory.ensurePlace()
    let pool = resources.pool
    pool.run { worker in
      let worker = Share(worker, of: pool.workers)
      for layer in layers { layer.pack(weights, share: share, worker: worker) }
      readout.weight.pack(
        weights + parameters.readoutWeight.offset, share: share, worker: worker)
    }
    try handOver()
    renew(weights)
  }

  /// Brings up to date what is computed from `weights` beside the packed ones.
  package func renew(_ weights: UnsafePointer<Float>) {
    for layer in layers { layer.renewBiases(weights) }
    readout.renewBias(weights + parameters.readoutBias.offset)
    if let symbolProjection, let table = parameters.embedding {
      symbolProjection.project(weights + table.offset)
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
    for (index, layer) in layers.enumerated() {
      layer.begin(streams: window.streams)
      for vector in 0..<state.vectors {
        layer.state(vector: vector, before: 0).update(
          from: state.values(layer: index, vector: vector),
          count: state.streams * state.hidden)
      }
      layer.forward(
        input(of: index, batch, weights, dropout: key), resets: batch.resets, window: window)
    }
    _ = dropped(layers[layers.count - 1].outputs, before: layers.count, key)
  }

  private func input(
    of layer: Int, _ batch: NetworkBatch, _ weights: UnsafePointer<Float>,
    dropout key: DropoutKey?
  ) -> LayerInput {
    if layer > 0 { return .vectors(dropped(layers[layer - 1].outputs, before: layer, key)) }
    if let symbolProjection, let symbols = batch.symbols {
      return .symbols(symbols, sums: symbolProjection.sums)
    }
    return .vectors(dropped(vectors(batch, weights), before: 0, key))
  }

  /// x after dropout, noted for the weight gradients.
  private func dropped(_ x: FloatPointer, before place: Int, _ key: DropoutKey?) -> FloatPointer {
    layerInputs[place] = dropouts[place].forward(x, window: window, key: key)
    return layerInputs[place]
  }

  private func vectors(_ batch: NetworkBatch, _ weights: UnsafePointer<Float>) -> FloatPointer {
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

  /// The readout's outputs for the last window.
  public func outputs() -> UnsafePointer<Float> {  // [T, B, O]
    readout.forward(layerInputs[layers.count], window: window)
    return UnsafePointer(readout.outputs)
  }

  /// The last window's cost, continued from `earlier`.
  public func cost(
    _ batch: NetworkBatch, continuing earlier: LossSum = LossSum()
  ) -> LossSum {
    readout.cost(layerInputs[layers.count], of: batch, continuing: earlier)
  }

  // MARK: Backward

  /// The last window's cost, continued from `earlier`, and its gradient by what the readout reads.
  public func costAndGradient(
    _ batch: NetworkBatch, continuing earlier: LossSum = LossSum()
  ) -> LossSum {
    readout.cost(
      layerInputs[layers.count], of: batch, continuing: earlier,
      inputGradient: layers[layers.count - 1].outputGradient.base)
  }

  /// Gradients of all sums of the recurrent layers, from the last one down.
  public func backwardThroughTime(_ batch: NetworkBatch, dropout key: DropoutKey? = nil) {
    var gradient = layers[layers.count - 1].outputGradient.base
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

  /// Adds the window's gradients, summed over time steps and streams in the order of streams, to
  /// earlier sums; unless it `continues`, whatever is there counts as zero.
  public func addWeightGradients(
    _ batch: NetworkBatch, to gradients: FloatPointer, continues: Bool = true
  ) {
    if !continues { clearScattered(gradients) }
    let continues = continues || window.rows == 0
    let readoutWeight = description.tied ? layout.count : parameters.readoutWeight.offset
    readout.addGradients(
      input: layerInputs[layers.count], window: window, toWeight: gradients + readoutWeight,
      bias: gradients + parameters.readoutBias.offset, continues: continues)
    for index in layers.indices.reversed() where index > 0 || symbolProjection == nil {
      layers[index].addWeightGradients(
        input: layerInputs[index], resets: batch.resets, window: window, to: gradients,
        continues: continues)
    }
    if let symbolProjection, let symbols = batch.symbols {
      symbolProjection.addGradients(
        symbols, resets: batch.resets, window: window, to: gradients,
        sumGradients: gradients + symbolGradients, continues: continues)
    }
    if let embedding, let table = parameters.embedding, let symbols = batch.symbols {
      embedding.addGradient(symbols, window: window, to: gradients + table.offset)
    }
  }

  /// Makes zero what is added to row by row, and everything where there is no row.
  private func clearScattered(_ gradients: FloatPointer) {
    if window.rows == 0 {
      gradients.update(repeating: 0, count: gradientCount)
    } else if embedding != nil, let table = parameters.embedding {
      (gradients + gradientStart).update(repeating: 0, count: table.count - gradientStart)
    }
  }

  /// Adds what lies behind the parameters' gradients to them, once all ranks' are summed.
  public func foldGradients(_ gradients: FloatPointer, weights: UnsafePointer<Float>) {
    if let symbolProjection, let table = parameters.embedding {
      symbolProjection.foldGradients(
        gradients + symbolGradients, embedding: weights + table.offset, to: gradients,
        embeddingGradient: gradients + table.offset)
    }
    if description.tied {
      let shared = gradients + parameters.readoutWeight.offset
      resources.kernels.pointee.add(
        shared, gradients + tiedGradient, parameters.readoutWeight.count, shared)
    }
  }
}

extension NetworkDescription {
  /// How many symbols the first layer projects once each, if it does. Dropout makes a symbol's input
  /// differ from one time step to the next.
  fileprivate func projectedSymbols(_ bySymbol: Bool?, rows: Int) -> Int? {
    guard case .symbols(let count, _) = input, dropout.input == 0 else { return nil }
    return bySymbol ?? (2 * count <= rows) ? count : nil
  }
}
