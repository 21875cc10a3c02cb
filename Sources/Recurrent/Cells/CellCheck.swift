import Foundation
import Storage
import Workers

/// Compares the gradients of a registered cell with central differences of the loss, to find out
/// whether its `backward` is right.
///
/// A network of two layers of the cell is unfolded over five time steps of three streams, with a
/// sequence that starts inside the window. The differences are taken in single precision with a width
/// of 1/64: their error stays below 1e-3 where gradients are of the order of 1, as they are here.
public struct CellCheck: Sendable {
  /// What was found for one parameter.
  public struct Parameter: Sendable, Equatable {
    /// PyTorch's name.
    public let name: String
    /// The largest magnitude of gradient − difference quotient.
    public let largestError: Double
    /// The largest magnitude of a difference quotient: near 0 for what has no influence.
    public let largestSlope: Double
  }

  /// All parameters of the network.
  public let parameters: [Parameter]

  /// Checks the cell of that name.
  ///
  /// - Throws: an error that names the registered cells, if it is none of them.
  public init(cell: String) throws {
    let sample = try UnfoldedSample(cell: cell)
    let gradients = sample.gradients()
    parameters = sample.network.layout.parameters.map { parameter in
      let slopes = parameter.range.map { sample.slope(of: $0, width: 1 / 64) }
      let errors = zip(parameter.range, slopes).map { abs(Double(gradients[$0]) - $1) }
      return Parameter(
        name: parameter.name, largestError: errors.max() ?? 0,
        largestSlope: slopes.map(abs).max() ?? 0)
    }
  }
}

/// A small network of two layers over a window with a reset inside, whose loss and gradients can be
/// asked for any weights.
private final class UnfoldedSample {
  let network: Network
  private let dimensions = WindowDimensions(timeSteps: 5, streams: 3)
  private let state: RecurrentState
  private let weights: Arena<Float>
  private let vectors: Arena<Float>  // [T, B, I]
  private let targets: Arena<Float>  // [T, B, O]
  private let counted: Arena<Float>  // [T, B]
  private let resets: [UInt8]  // [T, B]

  init(cell: String) throws {
    let description = NetworkDescription(
      input: .vectors(width: 2), cell: cell, layers: 2, hidden: 4, outputs: 2,
      loss: .meanSquaredError, initialization: Initialization(uniformRange: 0.8))
    network = try Network(description, capacity: dimensions, pool: WorkerPool(workers: 2))
    weights = Arena<Float>(count: network.layout.count)
    vectors = Arena<Float>(count: dimensions.rows * 2)
    targets = Arena<Float>(count: dimensions.rows * 2)
    counted = Arena<Float>(count: dimensions.rows)
    // The second stream starts anew at the third time step.
    let start = 2 * dimensions.streams + 1
    resets = (0..<dimensions.rows).map { $0 == start ? 1 : 0 }
    state = network.makeState()
    network.initialize(weights.base, seed: 7)
    counted.buffer.update(repeating: 1)
    for element in vectors.buffer.indices {
      vectors.buffer[element] = sin(1.7 * Float(element) + 0.3)
      targets.buffer[element] = 2 * cos(0.9 * Float(element))
    }
    for element in state.buffer.indices { state.buffer[element] = 0.5 * sin(Float(element)) }
  }

  /// The loss summed over the window, and with `gradients` its derivatives.
  private func run(into gradients: FloatPointer? = nil) -> Double {
    resets.withUnsafeBufferPointer { resets in
      guard let resets = resets.baseAddress else { return .nan }
      let batch = NetworkBatch(
        dimensions: dimensions, vectors: vectors.base, targetValues: targets.base,
        weights: counted.base, resets: resets)
      network.pack(weights.base)
      let backward = network.forward(batch, weights: weights.base, from: state)
        .costAndGradient()
      let loss = backward.losses[0].sum
      if let gradients { backward.formGradients(at: gradients) }
      return loss
    }
  }

  /// All derivatives, in the layout's order.
  func gradients() -> [Float] {
    let gradients = Arena<Float>(count: network.gradientCount)
    _ = run(into: gradients.base)
    return Array(gradients.buffer)
  }

  /// The derivative by one weight, from two losses.
  func slope(of element: Int, width: Float) -> Double {
    let weight = weights.base[element]
    defer { weights.base[element] = weight }
    weights.base[element] = weight + width
    let above = run()
    weights.base[element] = weight - width
    return (above - run()) / Double(2 * width)
  }
}
