import Storage

/// The state that a rank's streams carry from window to window: h, and c where the cell keeps
/// memory, of every layer.
public final class RecurrentState {
  /// The number of streams.
  public let streams: Int
  /// The number of recurrent layers.
  public let layers: Int
  /// H.
  public let hidden: Int
  /// 2 where the cell keeps memory, else 1.
  public let vectors: Int
  private let arena: FloatArena  // [layers, vectors, B, H]

  /// The zero state.
  public init(layers: Int, vectors: Int, streams: Int, hidden: Int) {
    self.layers = layers
    self.vectors = vectors
    self.streams = streams
    self.hidden = hidden
    arena = FloatArena(count: layers * vectors * streams * hidden)
  }

  /// h (vector 0) or c (vector 1) of a layer.
  public func values(layer: Int, vector: Int) -> FloatPointer {  // [B, H]
    arena.base + (layer * vectors + vector) * streams * hidden
  }

  /// All values, [layers, vectors, B, H].
  public var buffer: UnsafeMutableBufferPointer<Float> { arena.buffer }  // [layers, vectors, B, H]

  /// Back to the zero state.
  public func reset() { arena.clear() }
}
