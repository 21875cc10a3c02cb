import Storage

/// A window whose cost is known, ready for the gradient to flow back.
package struct BackwardPass: ~Copyable {
  /// The window's cost, leaf by leaf; it stands until another window is run.
  package let losses: LeafLosses
  private let forward: ForwardPass

  init(losses: LeafLosses, forward: consuming ForwardPass) {
    self.losses = losses
    self.forward = forward
  }

  /// Back-propagates through time, the last layer first, and forms each layer's gradients: sums over
  /// time steps and streams, leaf by leaf.
  ///
  /// - Parameters:
  ///   - gradients: an arena of `gradientCount` floats.
  ///   - completed: called when all sums of a region are there.
  package consuming func formGradients(
    at gradients: FloatPointer, completed: (GradientRegion) -> Void = { _ in }
  ) {
    let (network, batch) = (forward.network, forward.batch)
    let (window, regions) = (batch.dimensions, network.regions)

    func form(_ region: GradientRegion, _ body: () -> Void) {
      if window.rows > 0 { body() } else { region.clear(gradients) }
      completed(region)
    }

    let last = network.layers.count
    let readoutWeight = regions.tiedWeight ?? network.parameters.readoutWeight.offset
    form(regions.readout) {
      network.readout.formGradients(
        input: forward.layerInput(last), of: batch, weight: gradients + readoutWeight,
        bias: gradients + network.parameters.readoutBias.offset)
    }
    network.dropouts[last].backward(
      network.layers[last - 1].outputGradient.base, window: window, key: forward.dropout)

    for index in network.layers.indices.reversed() {
      let layer = network.layers[index]
      let isProjected = index == 0 && network.symbolProjection != nil
      let products = layer.products(
        input: isProjected ? nil : forward.layerInput(index), of: batch, at: gradients)
      let below =
        index > 0 ? network.layers[index - 1].outputGradient.base : network.embedding?.gradient.base
      layer.backwardThroughTime(batch, products, inputGradient: below)
      form(regions.layers[index]) { layer.form(products, of: batch) }
      guard let below else { break }
      layer.finishInputGradient(below, window: window)
      network.dropouts[index].backward(below, window: window, key: forward.dropout)
    }

    if let projection = network.symbolProjection, let region = regions.symbolSums {
      form(region) {
        projection.formGradients(of: batch, at: gradients + region.range.lowerBound)
      }
    }
    if let embedding = network.embedding, let region = regions.embedding {
      form(region) {
        region.clear(gradients)
        embedding.formGradients(of: batch, at: gradients + region.range.lowerBound)
      }
    }
  }
}

extension Network {
  /// Whether `fold` has anything to do.
  package var folds: Bool { symbolProjection != nil || regions.tiedWeight != nil }

  /// Adds what lies behind the parameters' gradients to them, once all streams' are summed.
  package func fold(_ gradients: FloatPointer, weights: UnsafePointer<Float>) {
    if let symbolProjection, let table = parameters.embedding, let sums = regions.symbolSums {
      symbolProjection.foldGradients(
        gradients + sums.range.lowerBound, embedding: weights + table.offset, to: gradients,
        embeddingGradient: gradients + table.offset)
    }
    if let tied = regions.tiedWeight {
      let shared = gradients + parameters.readoutWeight.offset
      resources.kernels.pointee.add(
        shared, gradients + tied, parameters.readoutWeight.count, shared)
    }
  }
}
