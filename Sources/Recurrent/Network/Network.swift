import CKernels
import Storage
import Workers

/// A recurrent network unfolded over a window: input → recurrent layers → readout → loss.
///
/// Every buffer is made once, for the largest window; a step allocates nothing. What may follow what is
/// the compiler's to check: `forward` hands out a ``ForwardPass``, which a ``BackwardPass`` takes the
/// place of. A network holds one window at a time.
package final class Network {
  /// What it computes.
  package let description: NetworkDescription
  /// The largest window.
  package let capacity: WindowDimensions
  let form: GradientForm
  let cell: any RecurrentCell.Type
  let parameters: NetworkParameters
  let resources: ProductResources
  let embedding: InputEmbedding?
  let symbolProjection: SymbolProjection?  // in the embedding's place where symbols are few
  let layers: [RecurrentLayer]
  let dropouts: [Dropout]  // before layer 0, 1, …, and before the readout
  let readout: Readout
  let regions: NetworkRegions

  /// A network for windows up to `capacity`, with its weights still to be packed.
  ///
  /// - Parameters:
  ///   - form: how the gradients of a first layer over symbols are summed, if not as it pays for such a
  ///     window alone.
  ///   - touchedRows: the rows with gradients, where another network has them, too.
  /// - Throws: `RecurrentError`.
  package init(
    _ description: NetworkDescription, capacity: WindowDimensions, pool: WorkerPool,
    form: GradientForm? = nil, touchedRows: TouchedRows? = nil
  ) throws(RecurrentError) {
    guard let cell = CellRegistry.cell(named: description.cell) else {
      throw .unknownCell(description.cell)
    }
    let form = form ?? GradientForm(description, rows: capacity.rows, packs: false)
    self.form = form
    self.description = description
    self.capacity = capacity
    self.cell = cell
    let (hidden, width) = (description.hidden, description.input.width)
    let parameters = NetworkParameters(description, gateCount: cell.gateCount)
    let symbolCount = if case .symbols(let count, _) = description.input { count } else { 0 }
    let resources = ProductResources(
      kernels: Common(unfold_active_kernels()), pool: pool, widestOperand: max(hidden, width),
      widestGradient: max(cell.gateCount * hidden, description.outputs),
      widestRow: symbolCount == 0 ? 0 : form.bySymbol ? cell.gateCount * hidden : width,
      maximumRows: max(capacity.rows, form.bySymbol ? symbolCount : 0),
      leaves: min(capacity.streams, LeafTree.most))
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
    symbolProjection =
      form.bySymbol
      ? SymbolProjection(symbols: symbolCount, layer: layers[0], capacity: capacity) : nil
    embedding =
      description.input.isSymbols && !form.bySymbol
      ? InputEmbedding(
        symbols: symbolCount, width: width, capacity: capacity, resources: resources,
        touchedRows: form.packsTouchedRows
          ? touchedRows ?? TouchedRows(rowCount: symbolCount, width: width) : nil) : nil
    dropouts = (0...description.layers).map { place in
      let rates = description.dropout
      let isOutput = place == description.layers
      return Dropout(
        rate: place == 0 ? rates.input : isOutput ? rates.output : rates.between, layer: place,
        width: place == 0 ? width : hidden, capacity: capacity, resources: resources)
    }
    readout = Readout(description, capacity: capacity, resources: resources)
    regions = NetworkRegions(
      parameters, isTied: description.tied, symbolSums: symbolProjection?.count,
      touchedRows: embedding?.touchedRows)
  }

  /// Another network with the same description, which reads the same packed weights and writes packed
  /// gradients in the same places.
  package convenience init(
    _ description: NetworkDescription, capacity: WindowDimensions, pool: WorkerPool,
    like other: Network
  ) throws(RecurrentError) {
    try self.init(
      description, capacity: capacity, pool: pool, form: other.form,
      touchedRows: other.touchedRows)
    keepPackedWeights(at: other.resources.packedMemory.base)
  }

  /// The floats of the tape of one stream, all layers together.
  package var tapeFloatsPerTimeStep: Int {
    layers.reduce(0) { sum, layer in
      let traits = layer.traits
      let (hidden, width) = (layer.dimensions.hidden, layer.dimensions.gateWidth)
      return sum + width * (traits.separatesRecurrentSums ? 2 : 1)
        + hidden * (2 + (traits.keepsMemory ? 1 : 0) + traits.savedVectors)
    }
  }

  /// 6 × (Σ layers G·H·(I + H) + readout weights): forward and backward of one counted time step,
  /// the embedding look-up not counted.
  package var modelFlopsPerTimeStep: Double {
    let layerWeights = layers.reduce(0) {
      $0 + $1.dimensions.gateWidth * ($1.dimensions.input + $1.dimensions.hidden)
    }
    return 6 * Double(layerWeights + description.outputs * description.hidden)
  }

  /// The same with what the cells compute beside products, a multiplication or division as two: what a
  /// core would take at its peak if it did nothing else.
  package var flopsOfBoundPerTimeStep: Double {
    let units = description.layers * description.hidden
    return modelFlopsPerTimeStep + 2 * Double(units * cell.productsPerUnit)
  }

  /// The zero state for this network's streams.
  package func makeState() -> RecurrentState {
    RecurrentState(
      layers: description.layers, vectors: cell.keepsMemory ? 2 : 1, streams: capacity.streams,
      hidden: description.hidden, lossWidth: readout.memoryWidth)
  }

  /// Runs a window from `state`; dropout only with a key.
  package func forward(
    _ batch: NetworkBatch, weights: UnsafePointer<Float>, from state: RecurrentState,
    dropout key: DropoutKey? = nil
  ) -> ForwardPass {
    precondition(
      batch.dimensions.timeSteps <= capacity.timeSteps
        && batch.dimensions.streams <= capacity.streams,
      "a window of \(batch.dimensions) in a network for \(capacity)")
    let pass = ForwardPass(network: self, batch: batch, dropout: key)
    pass.run(weights, from: state)
    return pass
  }
}
