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
  var symbols: [Int32] = []  // [T, B]
  var vectors: [Float] = []  // [T, B, I]
  var targetClasses: [Int32] = []  // [T, B]
  var targetValues: [Float] = []  // [T, B, O]
  var weights: [Float] = []  // [T, B]
  var resets: [UInt8] = []  // [T, B]
  var scored: [UInt8] = []  // [T, B]

  /// Random content for a network.
  init(
    _ description: NetworkDescription, timeSteps: Int, streams: Int,
    truncation: Truncation = .window, seed: UInt64 = 1
  ) {
    var random = SplitMix(seed: seed)
    dimensions = WindowDimensions(timeSteps: timeSteps, streams: streams)
    outputs = description.outputs
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
    targetValues = random.floats(rows * description.outputs, range: 1.5)
    if description.loss == .binaryCrossEntropy {
      targetValues = targetValues.map { $0 > 0 ? 1 : 0 }
    }
    weights = (0..<rows).map { _ in [0, 1, 1, 0.5].randomElement(using: &random) ?? 1 }
    resets = (0..<rows).map { _ in Int.random(in: 0..<5, using: &random) == 0 ? 1 : 0 }
    scored = (0..<rows).map { _ in UInt8.random(in: 0...1, using: &random) }
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
    part.targetValues = cut(targetValues, outputs)
    part.weights = cut(weights)
    part.resets = cut(resets)
    part.scored = cut(scored)
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
            withCountingArrays { weights, resets, scored in
              body(
                NetworkBatch(
                  dimensions: dimensions, symbols: symbols.baseAddress,
                  vectors: vectors.baseAddress, targetClasses: classes.baseAddress,
                  targetValues: values.baseAddress, weights: weights, resets: resets,
                  scored: scored, leaves: leaves))
            }
          }
        }
      }
    }
  }

  private func withCountingArrays<Result>(
    _ body: (UnsafePointer<Float>, UnsafePointer<UInt8>, UnsafePointer<UInt8>) -> Result
  ) -> Result {
    // Pointers that are there even for a rank without streams.
    var (weights, resets, scored) = (weights + [0], resets + [0], scored + [0])
    return body(&weights, &resets, &scored)
  }
}
