import Recurrent
import Storage
import TestSupport

/// How much of a window counts, and where its sequences start.
enum Truncation: String, CaseIterable, Sendable {
  /// k1 = k2: any time step may count, the state is carried in, sequences start inside.
  case window
  /// k1 < k2: only the last time steps count.
  case overlap
  /// Whole sequences from the zero state; the ends of shorter ones do not count.
  case full
}

/// A window's arrays, all time-major, and the state at its left edge.
struct SampleWindow {
  var dimensions: WindowDimensions
  var inputWidth: Int
  var outputs: Int
  /// The values that a row's outputs are compared with.
  var targets: Int
  var symbols: [Int32] = []  // [T, B]
  var vectors: [Float] = []  // [T, B, I]
  var targetClasses: [Int32] = []  // [T, B]
  var targetValues: [Float] = []  // [T, B, targets]
  var weights: [Float] = []  // [T, B]
  var resets: [UInt8] = []  // [T, B]
  var scored: [UInt8] = []  // [T, B]
  var sequences: [Int32] = []  // [T, B]
  var scales: [Float] = []  // [sequences, targets]

  /// Random content for a network; if `masked`, some values are missing.
  init(
    _ description: NetworkDescription, timeSteps: Int, streams: Int,
    truncation: Truncation = .window, seed: UInt64 = 1, masked: Bool = false
  ) {
    var random = SplitMix(seed: seed)
    dimensions = WindowDimensions(timeSteps: timeSteps, streams: streams)
    outputs = description.outputs
    targets = description.targets
    inputWidth = description.input.width
    let rows = dimensions.rows
    switch description.input {
    case .symbols(let count, _):
      symbols = (0..<rows).map { _ in Int32.random(in: 0..<Int32(count), using: &random) }
    case .vectors(let width):
      vectors = random.floats(rows * width, range: 1.5)
    }
    let classes = Int32(description.outputs)
    targetClasses = (0..<rows).map { _ in Int32.random(in: 0..<classes, using: &random) }
    targetValues = random.floats(rows * targets, range: 1.5)
    if description.loss == .binaryCrossEntropy {
      targetValues = targetValues.map { $0 > 0 ? 1 : 0 }
    }
    weights = (0..<rows).map { _ in [0, 1, 1, 0.5].randomElement(using: &random) ?? 1 }
    resets = (0..<rows).map { _ in Int.random(in: 0..<5, using: &random) == 0 ? 1 : 0 }
    scored = (0..<rows).map { _ in UInt8.random(in: 0...1, using: &random) }
    sequences = (0..<rows).map { _ in Int32.random(in: 0..<3, using: &random) }
    scales = random.floats(3 * targets, range: 0.5).map { $0 + 1 }
    if masked {
      for place in targetValues.indices where Int.random(in: 0..<4, using: &random) == 0 {
        targetValues[place] = .nan
      }
    }
    apply(truncation)
  }

  private mutating func apply(_ truncation: Truncation) {
    let (timeSteps, streams) = (dimensions.timeSteps, dimensions.streams)
    for row in 0..<dimensions.rows {
      let (timeStep, stream) = row.quotientAndRemainder(dividingBy: streams)
      switch truncation {
      case .window: break
      case .overlap:
        if timeStep < timeSteps / 2 { weights[row] = 0 }
      case .full:
        resets[row] = timeStep == 0 ? 1 : 0
        weights[row] = timeStep < timeSteps - stream % 3 ? 1 : 0
      }
    }
  }

  /// Some streams and time steps of the window.
  func part(timeSteps: Range<Int>? = nil, streams: Range<Int>? = nil) -> SampleWindow {
    let timeSteps = timeSteps ?? 0..<dimensions.timeSteps
    let streams = streams ?? 0..<dimensions.streams
    func cut<Element>(_ array: [Element], _ width: Int = 1) -> [Element] {
      guard !array.isEmpty else { return [] }
      return timeSteps.flatMap { timeStep in
        let first = (timeStep * dimensions.streams + streams.lowerBound) * width
        return array[first..<first + streams.count * width]
      }
    }
    var part = self
    part.dimensions = WindowDimensions(timeSteps: timeSteps.count, streams: streams.count)
    part.symbols = cut(symbols)
    part.vectors = cut(vectors, inputWidth)
    part.targetClasses = cut(targetClasses)
    part.targetValues = cut(targetValues, targets)
    part.weights = cut(weights)
    part.resets = cut(resets)
    part.scored = cut(scored)
    part.sequences = cut(sequences)
    return part
  }

  /// Calls `body` with the window as the network reads it.
  func withBatch<Result>(
    leaves: WindowLeaves = .one, _ body: (NetworkBatch) -> Result
  ) -> Result {
    symbols.withUnsafeBufferPointer { symbols in
      vectors.withUnsafeBufferPointer { vectors in
        targetClasses.withUnsafeBufferPointer { classes in
          targetValues.withUnsafeBufferPointer { values in
            withOtherArrays { weights, resets, scored, sequences, scales in
              body(
                NetworkBatch(
                  dimensions: dimensions, symbols: symbols.baseAddress,
                  vectors: vectors.baseAddress, targetClasses: classes.baseAddress,
                  targetValues: values.baseAddress, weights: weights, resets: resets,
                  scored: scored, sequences: sequences, scales: scales, leaves: leaves))
            }
          }
        }
      }
    }
  }

  private func withOtherArrays<Result>(
    _ body: (
      UnsafePointer<Float>, UnsafePointer<UInt8>, UnsafePointer<UInt8>, UnsafePointer<Int32>,
      UnsafePointer<Float>
    ) -> Result
  ) -> Result {
    // Pointers that are there even for a rank without streams.
    var (weights, resets, scored) = (weights + [0], resets + [0], scored + [0])
    var (sequences, scales) = (sequences + [0], scales + [0])
    return body(&weights, &resets, &scored, &sequences, &scales)
  }
}
