import Storage

/// The first layer's input where symbols are few: W_ih·e + b is the same wherever a symbol stands, so
/// it is computed once a symbol rather than once a time step, and gradients are added by symbol
/// before they are multiplied. It stands in place of the embedding.
final class SymbolProjection: Sendable {
  private let symbols: Int
  private let layer: RecurrentLayer
  private let sumsArena: Arena<Float>  // [V, G·H]
  private let order: SymbolOrder

  init(symbols: Int, layer: RecurrentLayer, capacity: WindowDimensions) {
    self.symbols = symbols
    self.layer = layer
    order = SymbolOrder(symbols: symbols, rows: capacity.rows)
    sumsArena = Arena(count: symbols * layer.dimensions.gateWidth)
  }

  /// The number of sums, and of their gradients.
  var count: Int { symbols * layer.dimensions.gateWidth }

  /// W_ih·e + b of every symbol.
  var sums: FloatPointer { sumsArena.base }  // [V, G·H]

  /// Renews the sums, after the layer's weights were packed.
  func project(_ embedding: UnsafePointer<Float>) {
    layer.project(Common(embedding), rows: 0..<symbols, into: sums)
  }

  /// Sums the time steps' gradients by symbol.
  func formGradients(of batch: NetworkBatch, at sumGradients: FloatPointer) {
    sumGradients.update(repeating: 0, count: count)
    layer.formGradients(bySymbol: order.sort(batch), of: batch, at: sumGradients)
  }

  /// The gradients of W_ih, of its bias and of the embedding, which follow from those of the sums.
  func foldGradients(
    _ sumGradients: FloatPointer, embedding: UnsafePointer<Float>, to gradients: FloatPointer,
    embeddingGradient: FloatPointer
  ) {
    layer.resources.form(
      layer.inputProduct(of: Common(sumGradients), inputs: Common(embedding), at: gradients),
      over: WindowDimensions(timeSteps: symbols, streams: 1), .one)
    layer.multiplyBack(Common(sumGradients), rows: 0..<symbols, into: embeddingGradient)
  }
}
