import Storage

/// The first layer's input where symbols are few: W_ih·e + b is the same wherever a symbol stands, so
/// it is computed once a symbol rather than once a time step, and gradients are added by symbol
/// before they are multiplied. It stands in place of the embedding.
final class SymbolProjection: Sendable {
  private let symbols: Int
  private let layer: RecurrentLayer
  private let sumsArena: Arena<Float>  // [V, G·H]

  init(symbols: Int, layer: RecurrentLayer) {
    self.symbols = symbols
    self.layer = layer
    sumsArena = Arena(count: symbols * layer.dimensions.gateWidth)
  }

  /// The number of sums, and of their gradients.
  var count: Int { symbols * layer.dimensions.gateWidth }

  /// W_ih·e + b of every symbol.
  var sums: FloatPointer { sumsArena.base }  // [V, G·H]

  /// Renews the sums, after the layer's weights were packed.
  func project(_ embedding: UnsafePointer<Float>) {
    layer.project(Common(embedding), rows: symbols, into: sums)
  }

  /// Adds each time step's gradient to its symbol's.
  func addGradients(
    _ symbols: Common<Int32>, window: WindowDimensions, to sumGradients: FloatPointer,
    continues: Bool
  ) {
    if !continues { sumGradients.update(repeating: 0, count: count) }
    layer.addGradients(bySymbol: symbols, window: window, to: sumGradients)
  }

  /// The gradients of W_ih, of its bias and of the embedding, which follow from those of the sums.
  func foldGradients(
    _ sumGradients: FloatPointer, embedding: UnsafePointer<Float>, to gradients: FloatPointer,
    embeddingGradient: FloatPointer
  ) {
    let rows = WindowDimensions(timeSteps: symbols, streams: 1)
    layer.addInputGradients(
      of: Common(sumGradients), inputs: Common(embedding), window: rows, to: gradients,
      continues: false)
    layer.multiplyBack(Common(sumGradients), rows: symbols, into: embeddingGradient)
  }
}
