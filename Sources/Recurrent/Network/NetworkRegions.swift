import Storage

/// Where the gradients of a network lie in a gradient arena: the parameters' in the layout's order, and
/// behind them those that are folded into theirs once all ranks' are summed: with weight tying the
/// readout's part of the shared matrix, and the sums' gradients by symbol.
struct NetworkRegions {
  /// The readout's, with its part of a shared matrix.
  let readout: GradientRegion
  /// Each layer's; of a first layer whose symbols are projected only what reads its state.
  let layers: [GradientRegion]
  /// By symbol, [V, G·H], where the first layer's symbols are projected.
  let symbolSums: GradientRegion?
  /// The embedding's where they are not.
  let embedding: GradientRegion?
  /// All of these, in the order in which a backward pass completes them.
  let completed: [GradientRegion]
  /// The parameters', after folding: a table of which only some rows have gradients, and the rest.
  let parameters: [GradientRegion]
  /// The same once packed rows are unpacked.
  let dense: [GradientRegion]
  /// The size of a gradient arena.
  let count: Int
  /// With weight tying, the readout's part of the shared matrix, which stands behind the parameters.
  let tiedWeight: Int?

  init(
    _ network: NetworkParameters, isTied: Bool, symbolSums: Int?, touchedRows: TouchedRows?
  ) {
    let parameterCount = network.layout.count
    let sumsStart = parameterCount + (isTied ? network.readoutWeight.count : 0)
    let count = sumsStart + (symbolSums ?? 0)
    self.count = count
    tiedWeight = isTied ? parameterCount : nil
    let readoutStart = isTied ? network.readoutBias.offset : network.readoutWeight.offset
    readout = GradientRegion(readoutStart..<sumsStart)
    let starts = network.layers.map(\.inputWeight.offset) + [readoutStart]
    layers = network.layers.indices.map { index in
      let isProjected = index == 0 && symbolSums != nil
      let start = isProjected ? network.layers[index].hiddenWeight.offset : starts[index]
      return GradientRegion(start..<starts[index + 1])
    }
    self.symbolSums = symbolSums.map { _ in GradientRegion(sumsStart..<count) }
    let table = network.embedding?.range
    embedding = symbolSums == nil ? table.map { GradientRegion($0, rows: touchedRows) } : nil
    completed = [readout] + layers.reversed() + [self.symbolSums, embedding].compactMap(\.self)
    parameters =
      if let table, let touchedRows {
        [
          GradientRegion(table, rows: touchedRows),
          GradientRegion(starts[0]..<parameterCount),
        ]
      } else {
        [GradientRegion(0..<parameterCount)]
      }
    dense = parameters.map { GradientRegion($0.range) }
  }
}

extension Network {
  /// What a backward pass completes, in this order: the last layer first.
  package var completedRegions: [GradientRegion] { regions.completed }

  /// What people call them.
  package var completedRegionNames: [String] {
    ["readout"] + layers.indices.reversed().map { "layer \($0 + 1)" }
      + (regions.symbolSums == nil ? [] : ["symbols"])
      + (regions.embedding == nil ? [] : ["embedding"])
  }

  /// The size of a gradient arena.
  package var gradientCount: Int { regions.count }

  /// What the norm and the optimizer read once the gradients are folded.
  package var parameterRegions: [GradientRegion] { regions.parameters }

  /// The same once packed rows are unpacked.
  package var denseRegions: [GradientRegion] { regions.dense }

  /// The floats of a gradient arena that a window writes, from the first region to the last.
  package var writtenGradients: Range<Int> {
    (regions.embedding ?? regions.layers[0]).values.lowerBound..<regions.count
  }

  /// The embedding's rows whose gradients are packed, if the network packs them. Before gradients are
  /// added the window's symbols must be marked, those of all ranks, and collected.
  package var touchedRows: TouchedRows? { embedding?.touchedRows }
}
