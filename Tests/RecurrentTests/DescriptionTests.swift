import Recurrent
import Storage
import Testing
import Workers

/// Names, shapes and sizes, which checkpoints and PyTorch rely on.
struct DescriptionTests {
  private func network(_ description: NetworkDescription) throws -> Network {
    try Network(
      description, capacity: WindowDimensions(timeSteps: 2, streams: 2),
      pool: WorkerPool(workers: 1))
  }

  @Test(arguments: [("elman", 1), ("gru", 3), ("lstm", 4)])
  func parametersHavePyTorchsNamesAndShapes(cell: String, gates: Int) throws {
    let network = try network(
      NetworkDescription(
        input: .symbols(count: 10, embedding: 6), cell: cell, layers: 2, hidden: 5, outputs: 10,
        loss: .crossEntropy))
    let expected: [(String, [Int])] = [
      ("embedding.weight", [10, 6]),
      ("rnn.weight_ih_l0", [gates * 5, 6]), ("rnn.weight_hh_l0", [gates * 5, 5]),
      ("rnn.bias_ih_l0", [gates * 5]), ("rnn.bias_hh_l0", [gates * 5]),
      ("rnn.weight_ih_l1", [gates * 5, 5]), ("rnn.weight_hh_l1", [gates * 5, 5]),
      ("rnn.bias_ih_l1", [gates * 5]), ("rnn.bias_hh_l1", [gates * 5]),
      ("readout.weight", [10, 5]), ("readout.bias", [10]),
    ]
    #expect(network.layout.parameters.map(\.name) == expected.map(\.0))
    #expect(network.layout.parameters.map(\.shape) == expected.map(\.1))
    #expect(network.gradientCount == network.layout.count)
    // 6 × (Σ G·H·(I + H) + O·H), the embedding's look-up not counted.
    #expect(network.modelFlopsPerTimeStep == Double(6 * (gates * 5 * (11 + 10) + 50)))
  }

  @Test func tiedWeightsAreOneParameter() throws {
    let network = try network(
      NetworkDescription(
        input: .symbols(count: 10, embedding: 5), cell: "gru", hidden: 5, outputs: 10,
        loss: .crossEntropy, tied: true))
    #expect(network.layout["readout.weight"] == nil)
    #expect(network.layout["readout.bias"] != nil)
    #expect(network.gradientCount == network.layout.count + 50)
  }

  @Test func statesHaveMemoryWhereTheCellDoes() throws {
    for (cell, vectors) in [("elman", 1), ("gru", 1), ("lstm", 2)] {
      let state = try network(
        NetworkDescription(
          input: .vectors(width: 3), cell: cell, layers: 3, hidden: 5, outputs: 1,
          loss: .meanSquaredError)
      ).makeState()
      #expect(state.vectors == vectors)
      #expect(state.buffer.count == 3 * vectors * 2 * 5)
      #expect(state.buffer.allSatisfy { $0 == 0 })
      #expect(
        state.values(layer: 2, vector: 0) - state.values(layer: 0, vector: 0) == 2 * vectors * 10)
      state.buffer.update(repeating: 1)
      state.reset()
      #expect(state.buffer.allSatisfy { $0 == 0 })
    }
  }

  @Test func lossesSayHowManyOutputsTheyNeed() throws {
    #expect(Loss(.quantile, levels: [0.1, 0.9]).outputs(targets: 3) == 6)
    #expect(Loss(.gaussian).outputs(targets: 3) == 6)
    for kind in Loss.Kind.allCases where kind != .quantile && kind != .gaussian {
      #expect(Loss(kind).outputs(targets: 3) == 3)
    }
    let description = NetworkDescription(
      input: .vectors(width: 3), cell: "gru", hidden: 5, outputs: 6, loss: Loss(.gaussian))
    #expect(description.targets == 3)
  }

  /// An error and a value of each target, behind what the cells keep.
  @Test func theErrorToSignalRatioRemembersEachStream() throws {
    let state = try network(
      NetworkDescription(
        input: .vectors(width: 3), cell: "lstm", hidden: 5, outputs: 2,
        loss: Loss(.errorToSignal))
    ).makeState()
    #expect(state.lossWidth == 4 && state.buffer.count == 2 * 2 * 5 + 2 * 4)
    state.buffer.update(repeating: 1)
    let second = RecurrentState(1..<2, of: state)
    #expect(second.lossMemory - state.lossMemory == 4)
    second.reset()
    #expect(state.buffer.suffix(8).elementsEqual([1, 1, 1, 1, 0, 0, 0, 0]))
    state.reset()
    #expect(state.buffer.allSatisfy { $0 == 0 })
  }

  @Test func impossibleSizesAreRefused() async {
    await #expect(processExitsWith: .failure) {
      _ = NetworkDescription(
        input: .vectors(width: 3), cell: "gru", layers: 0, hidden: 5, outputs: 1,
        loss: .meanSquaredError)
    }
    await #expect(processExitsWith: .failure) {
      _ = NetworkDescription(
        input: .symbols(count: 9, embedding: 3), cell: "gru", hidden: 5, outputs: 9,
        loss: .crossEntropy, tied: true)
    }
    await #expect(processExitsWith: .failure) {
      _ = NetworkDescription(
        input: .vectors(width: 3), cell: "gru", hidden: 5, outputs: 3, loss: Loss(.gaussian))
    }
    await #expect(processExitsWith: .failure) {
      _ = NetworkDescription(
        input: .vectors(width: 2), cell: "gru", hidden: 5, outputs: 3, loss: .meanSquaredError,
        skipsInput: true)
    }
    await #expect(processExitsWith: .failure) {
      _ = NetworkDescription(
        input: .vectors(width: 2), cell: "gru", hidden: 5, outputs: 3,
        loss: Loss(.huber, weights: [1, 2]))
    }
  }
}
