import Storage

/// The state that a rank's streams carry from window to window: h, and c where the cell keeps
/// memory, of every layer.
package final class RecurrentState {
  /// The number of streams.
  package let streams: Int
  /// The number of recurrent layers.
  package let layers: Int
  /// H.
  package let hidden: Int
  /// 2 where the cell keeps memory, else 1.
  package let vectors: Int
  private let arena: Arena<Float>  // [layers, vectors, B, H]

  /// The zero state.
  package init(layers: Int, vectors: Int, streams: Int, hidden: Int) {
    self.layers = layers
    self.vectors = vectors
    self.streams = streams
    self.hidden = hidden
    arena = Arena<Float>(count: layers * vectors * streams * hidden)
  }

  /// h (vector 0) or c (vector 1) of a layer.
  package func values(layer: Int, vector: Int) -> FloatPointer {  // [B, H]
    arena.base + (layer * vectors + vector) * streams * hidden
  }

  /// All values, [layers, vectors, B, H].
  package var buffer: UnsafeMutableBufferPointer<Float> { arena.buffer }  // [layers, vectors, B, H]

  /// Back to the zero state.
  package func reset() { arena.clear() }
}
