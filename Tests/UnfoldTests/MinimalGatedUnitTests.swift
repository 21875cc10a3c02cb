import Foundation
import Testing
import Unfold

/// The documentation's example of a cell: its gradients are right, and it learns.
struct MinimalGatedUnitTests {
  init() { CellRegistry.register(MinimalGatedUnit.self) }

  /// Central differences of the loss in float: with a width of 1/64 the third-order remainder and
  /// the rounding of the loss both stay below 1e-3 of gradients of the order of 1.
  @Test func gradientsAgreeWithFiniteDifferences() throws {
    let check = try CellCheck(cell: MinimalGatedUnit.name)
    for parameter in check.parameters {
      #expect(parameter.largestError < 1e-3, "\(parameter.name)")
      #expect(parameter.largestSlope > 0.01, "\(parameter.name) has no influence on the loss")
    }
  }

  @Test func aWrongGradientIsFound() throws {
    CellRegistry.register(Crooked.self)
    let errors = try CellCheck(cell: Crooked.name).parameters.map(\.largestError)
    #expect((errors.max() ?? 0) > 0.01)
  }

  @Test func anUnknownNameIsRefusedWithTheKnownOnes() throws {
    #expect(CellRegistry.names.contains("mgu"))
    let error = #expect(throws: (any Error).self) { try CellCheck(cell: "mguu") }
    // Other tests register cells at the same time, so the list may hold more.
    for name in ["'mguu'", "elman", "gru", "lstm", "mgu"] {
      #expect("\(try #require(error))".contains(name), "\(name)")
    }
  }

  /// Workers that share every product, or that have lanes of their own, give a user's cell the same bits.
  @Test(arguments: [1, 4])
  func workersChangeNoBit(leaves: Int) throws {
    try withTemporaryFolder { folder in
      let configuration = Configuration(
        data: .adding(.init(samples: .init(40, validation: 8), length: 6)),
        model: .init(cell: MinimalGatedUnit.name, layers: 2, hidden: 9),
        batch: .init(streams: 9, leaves: leaves), truncation: .full, training: .init(epochs: 2))
      let hashes = try [1, 2, 4].map { workers in
        let resources = try RankResources(communicator: SoloCommunicator(), workers: workers)
        let output = "\(folder)/\(workers)"
        _ = try Trainer(configuration, resources: resources, output: output).run()
        return try TrainedModel(path: output, resources: resources).parameterHash
      }
      #expect(Set(hashes).count == 1)
    }
  }

  @Test func learnsToAdd() throws {
    try withTemporaryFolder { folder in
      let configuration = Configuration(
        data: .adding(.init(samples: .init(1600, validation: 400), length: 10)),
        model: .init(cell: MinimalGatedUnit.name, hidden: 32), batch: .init(streams: 32),
        truncation: .full, optimizer: .init(learningRate: 0.01), clip: .norm(1),
        training: .init(epochs: 12))
      let resources = try RankResources(communicator: SoloCommunicator(), workers: 2)
      let trainer = try Trainer(configuration, resources: resources, output: "\(folder)/run")
      let summary = try trainer.run()
      // Always to say 1 gives 0.167; 0.01 is the generator's score for solved.
      #expect(summary.solved == true, "\(summary.text)")

      let model = try TrainedModel(path: "\(folder)/run", resources: resources)
      #expect(model.description.cell == "mgu")
      #expect(model.layout["rnn.weight_hh_l0"]?.shape == [64, 32])
    }
  }
}

/// An Elman cell whose backward pass forgets the derivative of tanh.
private struct Crooked: RecurrentCell {
  static let name = "crooked-of-the-tests"
  static let gateCount = 1
  init(activation: Activation) {}

  func forward(_ step: CellForwardStep) {
    for place in 0..<step.rows * step.hidden { step.output[place] = tanh(step.gates[place]) }
  }

  func backward(_ step: CellBackwardStep) {
    for place in 0..<step.rows * step.hidden {
      step.gates[place] = step.outputGradient[place] + step.hiddenGradient[place]
    }
  }
}
