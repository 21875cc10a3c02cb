import Storage

/// A window whose cost is known, ready for the gradient to flow back.
package struct BackwardPass: ~Copyable {
  /// The window's cost.
  package let loss: LossSum
  private let forward: ForwardPass

  init(loss: LossSum, forward: consuming ForwardPass) {
    self.loss = loss
    self.forward = forward
  }

  /// Back-propagates through time, the last layer first, and adds each layer's gradients to earlier
  /// sums, over time steps and streams in the order of streams.
  ///
  /// - Parameters:
  ///   - gradients: an arena of `gradientCount` floats.
  ///   - begin: called before a region's first sum; whether it continues what is there, which counts
  ///     as zero otherwise.
  ///   - completed: called when all sums of a region are there.
  package consuming func addGradients<Failure: Error>(
    to gradients: FloatPointer,
    beginning begin: (GradientRegion) throws(Failure) -> Bool,
    completed: (GradientRegion) throws(Failure) -> Void
  ) throws(Failure) -> GradientSums {
    let (network, batch) = (forward.network, forward.batch)
    let (window, regions) = (batch.dimensions, network.regions)

    func add(
      _ region: GradientRegion, _ body: (_ continues: Bool) -> Void
    ) throws(Failure) {
      let continues = try begin(region)
      if window.rows > 0 {
        body(continues)
      } else if !continues {
        region.clear(gradients)
      }
      try completed(region)
    }

    let last = network.layers.count
    let readoutWeight = regions.tiedWeight ?? network.parameters.readoutWeight.offset
    try add(regions.readout) { continues in
      network.readout.addGradients(
        input: forward.layerInput(last), window: window, toWeight: gradients + readoutWeight,
        bias: gradients + network.parameters.readoutBias.offset, continues: continues)
    }
    network.dropouts[last].backward(
      network.layers[last - 1].outputGradient.base, window: window, key: forward.dropout)

    for index in network.layers.indices.reversed() {
      let layer = network.layers[index]
      layer.backwardThroughTime(resets: batch.resets, window: window)
      try add(regions.layers[index]) { continues in
        if index == 0, network.symbolProjection != nil {
          layer.addStateGradients(
            resets: batch.resets, window: window, to: gradients, continues: continues)
        } else {
          layer.addWeightGradients(
            input: forward.layerInput(index), resets: batch.resets, window: window, to: gradients,
            continues: continues)
        }
      }
      guard
        let below = index > 0
          ? network.layers[index - 1].outputGradient.base : network.embedding?.gradient.base
      else { break }
      layer.backwardToInput(below, window: window)
      network.dropouts[index].backward(below, window: window, key: forward.dropout)
    }

    if let projection = network.symbolProjection, let symbols = batch.symbols,
      let region = regions.symbolSums
    {
      try add(region) { continues in
        projection.addGradients(
          symbols, window: window, to: gradients + region.range.lowerBound, continues: continues)
      }
    }
    if let embedding = network.embedding, let symbols = batch.symbols,
      let region = regions.embedding
    {
      try add(region) { continues in
        if !continues { region.clear(gradients) }
        embedding.addGradient(symbols, window: window, to: gradients + region.range.lowerBound)
      }
    }
    return GradientSums(network: network, gradients: gradients)
  }

  /// Adds the window's gradients to the sums in the arena, or puts them in their place.
  package consuming func addGradients(
    to gradients: FloatPointer, continues: Bool = true
  ) -> GradientSums {
    addGradients(to: gradients, beginning: { _ in continues }, completed: { _ in })
  }
}

/// Gradients of a window, summed over a rank's streams and then over all ranks.
package struct GradientSums: ~Copyable {
  let network: Network
  let gradients: FloatPointer

  /// Adds what lies behind the parameters' gradients to them, once all ranks' are summed.
  package consuming func fold(weights: UnsafePointer<Float>) {
    let (regions, parameters) = (network.regions, network.parameters)
    if let projection = network.symbolProjection, let table = parameters.embedding,
      let sums = regions.symbolSums
    {
      projection.foldGradients(
        gradients + sums.range.lowerBound, embedding: weights + table.offset, to: gradients,
        embeddingGradient: gradients + table.offset)
    }
    if let tied = regions.tiedWeight {
      let shared = gradients + parameters.readoutWeight.offset
      network.resources.kernels.pointee.add(
        shared, gradients + tied, parameters.readoutWeight.count, shared)
    }
  }
}
