import Storage

/// The time steps that one update covers, for streams of one rank: preallocated buffers, time
/// major. T is `timeSteps`, B is `streams`; element (t, b) stands at `t · B + b`.
package final class Window {
  /// What an input is.
  package let inputKind: InputKind
  /// What a target is.
  package let targetKind: TargetKind
  /// Its streams, B.
  package let streams: Int
  /// I, or 1 for symbols.
  package let inputWidth: Int
  /// O, or 1 for classes.
  package let targetWidth: Int

  /// The time steps that the buffers can hold.
  package var capacity: Int { buffers.capacity }
  /// The time steps in use, T.
  package private(set) var timeSteps = 0
  /// The number of its stream 0 in the minibatch.
  package var firstStream = 0
  /// The position of row 0 in the epoch.
  package var firstTimeStep = 0

  private var buffers: WindowBuffers

  /// Symbol numbers; empty unless inputs are symbols.
  package var inputSymbols: UnsafeMutablePointer<Int32> { buffers.inputSymbols.base }  // [T, B]
  /// Input vectors; empty unless inputs are vectors.
  package var inputVectors: FloatPointer { buffers.inputVectors.base }  // [T, B, I]
  /// Class numbers; empty unless targets are classes.
  package var targetClasses: UnsafeMutablePointer<Int32> { buffers.targetClasses.base }  // [T, B]
  /// Values, or labels as 0 and 1; empty unless targets are values or labels.
  package var targetValues: FloatPointer { buffers.targetValues.base }  // [T, B, O]
  /// 1 where the time step counts in the cost, 0 where not.
  package var weights: FloatPointer { buffers.weights.base }  // [T, B]
  /// 1 where a sequence starts: the state is zero there and no gradient crosses.
  package var resets: UnsafeMutablePointer<UInt8> { buffers.resets.base }  // [T, B]
  /// The sequence of the corpus that each time step is of; 0 where there is none.
  package var sequences: UnsafeMutablePointer<Int32> { buffers.sequences.base }  // [T, B]
  /// 1 where the time step counts in the task's score.
  package var scored: UnsafeMutablePointer<UInt8> { buffers.scored.base }  // [T, B]

  /// A window with room for `capacity` time steps; it grows if it is filled with more.
  package init(capacity: Int, streams: Int, inputKind: InputKind, targetKind: TargetKind) {
    precondition(capacity >= 0 && streams >= 0, "capacity \(capacity), streams \(streams)")
    self.inputKind = inputKind
    self.targetKind = targetKind
    self.streams = streams
    inputWidth = if case .vectors(let width) = inputKind { width } else { 1 }
    targetWidth =
      switch targetKind {
      case .classes: 1
      case .values(let width): width
      case .labels(let count): count
      }
    buffers = WindowBuffers(
      capacity: capacity, streams: streams, inputKind: inputKind, targetKind: targetKind)
  }

  /// The number of time steps and streams that count in the cost, Σ weights.
  package var countedTimeSteps: Int {
    (0..<timeSteps * streams).reduce(0) { $0 + (weights[$1] > 0 ? 1 : 0) }
  }

  /// Sets T; the contents are undefined until they are filled. Allocates only beyond the capacity.
  package func resize(timeSteps: Int) {
    precondition(timeSteps >= 0, "time steps \(timeSteps), expected 0 or more")
    if timeSteps > capacity {
      buffers = WindowBuffers(
        capacity: timeSteps, streams: streams, inputKind: inputKind, targetKind: targetKind)
    }
    self.timeSteps = timeSteps
  }

  /// Sets rows of one stream to padding: everything 0.
  package func clear(rows: Range<Int>, stream: Int) {
    for row in rows {
      let step = row * streams + stream
      switch inputKind {
      case .symbols: inputSymbols[step] = 0
      case .vectors(let width):
        (inputVectors + step * width).update(repeating: 0, count: width)
      }
      switch targetKind {
      case .classes: targetClasses[step] = 0
      case .values, .labels:
        (targetValues + step * targetWidth).update(repeating: 0, count: targetWidth)
      }
      weights[step] = 0
      resets[step] = 0
      sequences[step] = 0
      scored[step] = 0
    }
  }
}
