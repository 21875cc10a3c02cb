import Foundation
import Testing
import Unfold

/// The README's example of a cell: its gradients are right, and it learns.
struct MinimalGatedUnitTests {
  init() { CellRegistry.register(MinimalGatedUnit.self) }

  /// Central differences of the loss in float: with a width of 1/64 the third-order remainder and
  /// the rounding of the loss both stay below 1e-3 of gradients of the order of 1.
  @Test func gradientsAgreeWithFiniteDifferences() throws {
    let sample = try UnfoldedSample(cell: MinimalGatedUnit.name)
    let gradients = sample.gradients()
    let width: Float = 1 / 64
    for parameter in sample.network.layout.parameters {
      var isConstant = true
      for element in parameter.range {
        let expected = sample.slope(of: element, width: width)
        let difference = abs(Double(gradients[element]) - expected)
        #expect(difference < 1e-3, "\(parameter.name)[\(element - parameter.offset)]")
        isConstant = isConstant && abs(expected) < 0.01
      }
      #expect(!isConstant, "\(parameter.name) has no influence on the sample's loss")
    }
  }

  @Test func anUntrainedNameIsRefusedWithTheKnownOnes() {
    #expect(CellRegistry.names.contains("mgu"))
    let error = #expect(throws: RecurrentError.self) {
      _ = try UnfoldedSample(cell: "mguu")
    }
    // Other tests register cells at the same time, so the list may hold more.
    for name in ["'mguu'", "elman", "gru", "lstm", "mgu"] {
      #expect(error?.description.contains(name) == true, "\(name)")
    }
  }

  @Test func learnsToAdd() throws {
    try withTemporaryFolder { folder in
      let configuration = Configuration(
        data: .init(kind: .adding, samples: 1600, validationSamples: 400, length: 10),
        model: .init(cell: MinimalGatedUnit.name, hidden: 32), batch: .init(streams: 32),
        truncation: .full, optimizer: .init(learningRate: 0.01), clip: .norm(1),
        training: .init(epochs: 12))
      let resources = try RankResources(communicator: SoloCommunicator(), workers: 2)
      let trainer = try Trainer(configuration, resources: resources, output: "\(folder)/run")
      let summary = try trainer.run()
      // Always to say 1 gives 0.167; 0.01 is the generator's score for solved.
      #expect(summary.solved == true, "\(summary.text)")

      let model = try TrainedModel(path: "\(folder)/run", pool: resources.pool)
      #expect(model.description.cell == "mgu")
      #expect(model.layout["rnn.weight_hh_l0"]?.shape == [64, 32])
    }
  }
}

/// A small network of two layers over a window with a reset inside, whose loss and gradients can be
/// asked for any weights.
private final class UnfoldedSample {
  let network: Network
  private let dimensions = WindowDimensions(timeSteps: 5, streams: 3)
  private let state: RecurrentState
  private let weights: FloatArena
  private let vectors: FloatArena  // [T, B, I]
  private let targets: FloatArena  // [T, B, O]
  private let counted: FloatArena  // [T, B]
  private let resets: [UInt8]  // [T, B]

  init(cell: String) throws {
    let description = NetworkDescription(
      input: .vectors(width: 2), cell: cell, layers: 2, hidden: 4, outputs: 2,
      loss: .meanSquaredError, initialization: Initialization(uniformRange: 0.8))
    network = try Network(description, capacity: dimensions, pool: WorkerPool(workers: 2))
    weights = FloatArena(count: network.layout.count)
    vectors = FloatArena(count: dimensions.rows * 2)
    targets = FloatArena(count: dimensions.rows * 2)
    counted = FloatArena(count: dimensions.rows)
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
      network.forward(batch, weights: weights.base, from: state)
      let loss = network.costAndGradient(batch)
      if let gradients {
        network.backwardThroughTime(batch)
        network.addWeightGradients(batch, to: gradients)
      }
      return loss.sum
    }
  }

  /// All derivatives, in the layout's order.
  func gradients() -> [Float] {
    let gradients = FloatArena(count: network.gradientCount)
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
