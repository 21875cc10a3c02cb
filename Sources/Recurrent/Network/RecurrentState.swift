import Storage

/// The state that a rank's streams carry from window to window: h, and c where the cell keeps
/// memory, of every layer, and what a loss remembers of each stream.
package final class RecurrentState {
  /// The number of streams.
  package let streams: Int
  /// The number of recurrent layers.
  package let layers: Int
  /// H.
  package let hidden: Int
  /// 2 where the cell keeps memory, else 1.
  package let vectors: Int
  /// The numbers that the loss remembers of each stream.
  package let lossWidth: Int
  private let memory: Memory
  /// The first of its streams in that memory.
  private let first: Int

  /// The states of some streams, of which others may show a part.
  private final class Memory {
    let arena: Arena<Float>  // [layers, vectors, B, H], [B, lossWidth]
    let streams: Int

    init(streams: Int, floatsPerStream: Int) {
      self.streams = streams
      arena = Arena(count: streams * floatsPerStream)
    }
  }

  /// The zero state.
  package init(layers: Int, vectors: Int, streams: Int, hidden: Int, lossWidth: Int = 0) {
    self.layers = layers
    self.vectors = vectors
    self.streams = streams
    self.hidden = hidden
    self.lossWidth = lossWidth
    memory = Memory(streams: streams, floatsPerStream: layers * vectors * hidden + lossWidth)
    first = 0
  }

  /// Some streams of a state, in the same memory.
  package init(_ streams: Range<Int>, of whole: RecurrentState) {
    precondition(
      streams.lowerBound >= 0 && streams.upperBound <= whole.streams,
      "streams \(streams) of \(whole.streams)")
    self.streams = streams.count
    layers = whole.layers
    hidden = whole.hidden
    vectors = whole.vectors
    lossWidth = whole.lossWidth
    memory = whole.memory
    first = whole.first + streams.lowerBound
  }

  /// h (vector 0) or c (vector 1) of a layer.
  package func values(layer: Int, vector: Int) -> FloatPointer {  // [B, H]
    memory.arena.base + ((layer * vectors + vector) * memory.streams + first) * hidden
  }

  /// What the loss remembers.
  package var lossMemory: FloatPointer {  // [B, lossWidth]
    memory.arena.base + layers * vectors * memory.streams * hidden + first * lossWidth
  }

  /// All values of a whole state, [layers, vectors, B, H] and behind them [B, lossWidth].
  package var buffer: UnsafeMutableBufferPointer<Float> {
    precondition(streams == memory.streams, "a part of a state is not one piece of memory")
    return memory.arena.buffer
  }

  /// Back to the zero state.
  package func reset() {
    for layer in 0..<layers {
      for vector in 0..<vectors {
        values(layer: layer, vector: vector).update(repeating: 0, count: streams * hidden)
      }
    }
    lossMemory.update(repeating: 0, count: streams * lossWidth)
  }
}
