/// The time steps that one update covers, for the streams of one rank: preallocated buffers, time
/// major. T is `timeSteps`, B is `streams`; element (t, b) stands at `t · B + b`.
///
/// Sendable by this invariant: the rank's own thread fills the window between two steps, and the
/// workers of a step only read it. The training loop keeps it.
public final class Window: @unchecked Sendable {
  /// What an input is.
  public let inputKind: InputKind
  /// What a target is.
  public let targetKind: TargetKind
  /// The streams of the shard, B.
  public let streams: Int
  /// I, or 1 for symbols.
  public let inputWidth: Int
  /// O, or 1 for classes.
  public let targetWidth: Int

  /// The time steps that the buffers can hold.
  public private(set) var capacity: Int
  /// The time steps in use, T.
  public private(set) var timeSteps = 0
  /// The global number of the shard's stream 0.
  public package(set) var firstStream = 0
  /// The position of row 0 in the epoch.
  public package(set) var firstTimeStep = 0

  /// Symbol numbers; empty unless inputs are symbols.
  public private(set) var inputSymbols: UnsafeMutablePointer<Int32>  // [T, B]
  /// Input vectors; empty unless inputs are vectors.
  public private(set) var inputVectors: UnsafeMutablePointer<Float>  // [T, B, I]
  /// Class numbers; empty unless targets are classes.
  public private(set) var targetClasses: UnsafeMutablePointer<Int32>  // [T, B]
  /// Values, or labels as 0 and 1; empty unless targets are values or labels.
  public private(set) var targetValues: UnsafeMutablePointer<Float>  // [T, B, O]
  /// 1 where the time step counts in the cost, 0 where not.
  public private(set) var weights: UnsafeMutablePointer<Float>  // [T, B]
  /// 1 where a sequence starts: the state is zero there and no gradient crosses.
  public private(set) var resets: UnsafeMutablePointer<UInt8>  // [T, B]
  /// 1 where the time step counts in the task's score.
  public private(set) var scored: UnsafeMutablePointer<UInt8>  // [T, B]

  /// A window with room for `capacity` time steps; it grows if it is filled with more.
  public init(capacity: Int, streams: Int, inputKind: InputKind, targetKind: TargetKind) {
    precondition(capacity >= 0 && streams >= 0, "capacity \(capacity), streams \(streams)")
    self.inputKind = inputKind
    self.targetKind = targetKind
    self.streams = streams
    self.capacity = capacity
    inputWidth = if case .vectors(let width) = inputKind { width } else { 1 }
    targetWidth =
      switch targetKind {
      case .classes: 1
      case .values(let width): width
      case .labels(let count): count
      }
    let sizes = Self.sizes(
      capacity: capacity, streams: streams, inputKind: inputKind, targetKind: targetKind)
    inputSymbols = Self.zeros(sizes.inputSymbols)
    inputVectors = Self.zeros(sizes.inputVectors)
    targetClasses = Self.zeros(sizes.targetClasses)
    targetValues = Self.zeros(sizes.targetValues)
    weights = Self.zeros(sizes.steps)
    resets = Self.zeros(sizes.steps)
    scored = Self.zeros(sizes.steps)
  }

  deinit { deallocate() }

  /// The number of time steps and streams that count in the cost, Σ weights.
  public var countedTimeSteps: Int {
    (0..<timeSteps * streams).reduce(0) { $0 + (weights[$1] > 0 ? 1 : 0) }
  }

  /// Sets T; the contents are undefined until they are filled. Allocates only beyond the capacity.
  package func resize(timeSteps: Int) {
    precondition(timeSteps >= 0, "time steps \(timeSteps), expected 0 or more")
    if timeSteps > capacity { grow(to: timeSteps) }
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
      scored[step] = 0
    }
  }
}

extension Window {
  /// The element counts of the buffers.
  private struct Sizes {
    var steps = 0
    var inputSymbols = 0
    var inputVectors = 0
    var targetClasses = 0
    var targetValues = 0
  }

  private static func sizes(
    capacity: Int, streams: Int, inputKind: InputKind, targetKind: TargetKind
  ) -> Sizes {
    var sizes = Sizes()
    sizes.steps = capacity * streams
    switch inputKind {
    case .symbols: sizes.inputSymbols = sizes.steps
    case .vectors(let width): sizes.inputVectors = sizes.steps * width
    }
    switch targetKind {
    case .classes: sizes.targetClasses = sizes.steps
    case .values(let width), .labels(let width): sizes.targetValues = sizes.steps * width
    }
    return sizes
  }

  private static func zeros<Element: Numeric>(_ count: Int) -> UnsafeMutablePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(1, count))
    pointer.initialize(repeating: 0, count: max(1, count))
    return pointer
  }

  private func grow(to newCapacity: Int) {
    deallocate()
    capacity = newCapacity
    let sizes = Self.sizes(
      capacity: newCapacity, streams: streams, inputKind: inputKind, targetKind: targetKind)
    inputSymbols = Self.zeros(sizes.inputSymbols)
    inputVectors = Self.zeros(sizes.inputVectors)
    targetClasses = Self.zeros(sizes.targetClasses)
    targetValues = Self.zeros(sizes.targetValues)
    weights = Self.zeros(sizes.steps)
    resets = Self.zeros(sizes.steps)
    scored = Self.zeros(sizes.steps)
  }

  private func deallocate() {
    inputSymbols.deallocate()
    inputVectors.deallocate()
    targetClasses.deallocate()
    targetValues.deallocate()
    weights.deallocate()
    resets.deallocate()
    scored.deallocate()
  }
}
