import Storage

/// A window that a network has run: its states, outputs and cost can be asked for. The network runs
/// no other window meanwhile.
package struct ForwardPass: ~Copyable {
  let network: Network
  let batch: NetworkBatch
  let dropout: DropoutKey?

  private var window: WindowDimensions { batch.dimensions }

  /// Runs the layers one after the other.
  func run(_ weights: UnsafePointer<Float>, from state: RecurrentState) {
    for (index, layer) in network.layers.enumerated() {
      for vector in 0..<state.vectors {
        layer.state(vector: vector, before: 0, streams: window.streams).update(
          from: state.values(layer: index, vector: vector), count: state.streams * state.hidden)
      }
      layer.forward(input(of: index, weights), resets: batch.resets, window: window)
    }
    dropInput(of: network.layers.count)
    network.readout.begin(from: state)
  }

  private func input(of layer: Int, _ weights: UnsafePointer<Float>) -> LayerInput {
    if layer == 0, let symbols = batch.symbols {
      if let projection = network.symbolProjection {
        return .symbols(symbols, sums: Common(projection.sums))
      }
      if let embedding = network.embedding, let table = network.parameters.embedding {
        embedding.forward(symbols, table: weights + table.offset, window: window)
      }
    }
    dropInput(of: layer)
    return .vectors(layerInput(layer))
  }

  private func dropInput(of layer: Int) {
    _ = network.dropouts[layer].forward(wholeInput(layer), window: window, key: dropout)
  }

  /// What a layer reads, or the readout after the last one. Not for symbols that are projected.
  func layerInput(_ layer: Int) -> Common<Float> {  // [T, B, I]
    Common(network.dropouts[layer].output(of: wholeInput(layer), key: dropout))
  }

  /// The same before dropout.
  private func wholeInput(_ layer: Int) -> FloatPointer {  // [T, B, I]
    if layer > 0 { return network.layers[layer - 1].outputs(streams: window.streams) }
    if let embedding = network.embedding { return embedding.output }
    guard let vectors = batch.vectors else { preconditionFailure("a batch without input") }
    // The layers only read their inputs; dropout writes to a buffer of its own.
    return FloatPointer(mutating: vectors.base)
  }

  /// Copies the state before time step `timeStep` of the window.
  package func captureState(before timeStep: Int, into state: RecurrentState) {
    for (index, layer) in network.layers.enumerated() {
      for vector in 0..<state.vectors {
        state.values(layer: index, vector: vector).update(
          from: layer.state(vector: vector, before: timeStep, streams: window.streams),
          count: state.streams * state.hidden)
      }
    }
    network.readout.captureMemory(
      before: timeStep, layerInput(network.layers.count), of: batch, into: state)
  }

  /// The readout's outputs. They stand until the cost is asked for, or another window is run.
  package func outputs() -> UnsafePointer<Float> {  // [T, B, O]
    network.readout.forward(layerInput(network.layers.count), of: batch)
    return UnsafePointer(network.readout.outputs)
  }

  /// The window's cost, leaf by leaf; it stands until another window is run. The state is captured
  /// before.
  package func cost() -> LeafLosses {
    network.readout.cost(layerInput(network.layers.count), of: batch)
  }

  /// The window's cost, had the network had these outputs: the mean of several networks'. Not for the
  /// error-to-signal ratio.
  package func cost(ofOutputs outputs: UnsafePointer<Float>) -> LeafLosses {  // [T, B, O]
    network.readout.cost(ofOutputs: outputs, batch)
  }

  /// Computes the window's cost and its gradient by what the readout reads.
  package consuming func costAndGradient() -> BackwardPass {
    let last = network.layers.count - 1
    let losses = network.readout.cost(
      layerInput(last + 1), of: batch,
      inputGradient: Disjoint(network.layers[last].outputGradient.base))
    return BackwardPass(losses: losses, forward: self)
  }
}
