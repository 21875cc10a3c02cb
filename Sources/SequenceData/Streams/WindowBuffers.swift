import Storage

/// The memory of a window with room for `capacity` time steps.
struct WindowBuffers: ~Copyable {
  let capacity: Int
  let inputSymbols: Arena<Int32>  // [T, B]
  let inputVectors: Arena<Float>  // [T, B, I]
  let targetClasses: Arena<Int32>  // [T, B]
  let targetValues: Arena<Float>  // [T, B, O]
  let weights: Arena<Float>  // [T, B]
  let resets: Arena<UInt8>  // [T, B]
  let sequences: Arena<Int32>  // [T, B]
  let scored: Arena<UInt8>  // [T, B]

  init(capacity: Int, streams: Int, inputKind: InputKind, targetKind: TargetKind) {
    self.capacity = capacity
    let steps = capacity * streams
    switch inputKind {
    case .symbols:
      inputSymbols = Arena(count: steps)
      inputVectors = Arena(count: 0)
    case .vectors(let width):
      inputSymbols = Arena(count: 0)
      inputVectors = Arena(count: steps * width)
    }
    switch targetKind {
    case .classes:
      targetClasses = Arena(count: steps)
      targetValues = Arena(count: 0)
    case .values(let width), .labels(let width):
      targetClasses = Arena(count: 0)
      targetValues = Arena(count: steps * width)
    }
    weights = Arena(count: steps)
    resets = Arena(count: steps)
    sequences = Arena(count: steps)
    scored = Arena(count: steps)
  }
}
