import Recurrent
import Storage
import TestSupport
import Testing

/// A network and a window whose gradients are compared.
struct GradientCase: Sendable, CustomTestStringConvertible {
  var description: NetworkDescription
  var timeSteps = 7
  var streams = 3
  var truncation = Truncation.window
  var seed: UInt64 = 1
  var bySymbol = false

  /// The cells, each with its activation.
  static let cells: [(name: String, activation: Activation)] = [
    ("elman", .hyperbolicTangent), ("elman", .rectifier), ("gru", .hyperbolicTangent),
    ("lstm", .hyperbolicTangent),
  ]

  var testDescription: String {
    let network = description
    return "\(network.cell) \(network.activation) × \(network.layers), \(network.loss), "
      + "\(truncation), H \(network.hidden), T \(timeSteps), B \(streams)"
      + (bySymbol ? ", by symbol" : "") + (network.tied ? ", tied" : "")
      + (network.dropout == DropoutRates() ? "" : ", dropout")
  }

  /// A key wherever there is something to drop.
  var dropoutKey: DropoutKey? {
    description.dropout == DropoutRates()
      ? nil : DropoutKey(seed: 77, firstStream: 5, firstTimeStep: 1000)
  }

  /// The losses that the reference and the fixtures have; others have tests of their own.
  static let losses: [Loss] = [.crossEntropy, .meanSquaredError, .binaryCrossEntropy]

  /// Every cell × loss × truncation, small.
  static let small: [GradientCase] = cells.flatMap { cell in
    losses.flatMap { loss in
      Truncation.allCases.map { truncation in
        GradientCase(
          description: network(cell, loss, layers: 2, hidden: 5), truncation: truncation)
      }
    }
  }

  /// Layers, weight tying, dropout, and sizes that are no multiple of any tile or panel.
  static let special: [GradientCase] = cells.flatMap { cell in
    var tied = network(cell, .crossEntropy, layers: 2, hidden: 6, embedding: 6)
    tied.tied = true
    var dropped = network(cell, .crossEntropy, layers: 3, hidden: 7)
    dropped.dropout = DropoutRates(input: 0.3, between: 0.5, output: 0.2)
    var droppedVectors = network(cell, .meanSquaredError, layers: 1, hidden: 7)
    droppedVectors.dropout = DropoutRates(input: 0.4)
    return [
      GradientCase(description: tied),
      GradientCase(description: dropped),
      GradientCase(description: droppedVectors),
      GradientCase(description: network(cell, .meanSquaredError, layers: 3, hidden: 4)),
      GradientCase(description: network(cell, .crossEntropy, layers: 1, hidden: 1), streams: 1),
      GradientCase(
        description: network(cell, .crossEntropy, layers: 1, hidden: 35, embedding: 19),
        timeSteps: 5, streams: 14),
      // More time steps than one block of a product's k.
      GradientCase(
        description: network(cell, .binaryCrossEntropy, layers: 1, hidden: 3), timeSteps: 150,
        streams: 2),
    ]
  }

  /// These cases, and again by symbol those that can be.
  static func both(_ cases: [GradientCase]) -> [GradientCase] {
    cases
      + cases.filter { $0.description.input.isSymbols && $0.description.dropout.input == 0 }.map {
        var sample = $0
        sample.bySymbol = true
        return sample
      }
  }

  /// A network of 9 symbols, or 4 inputs and 3 outputs.
  static func network(
    _ cell: (name: String, activation: Activation), _ loss: Loss, layers: Int, hidden: Int,
    embedding: Int = 4
  ) -> NetworkDescription {
    let hasSymbols = loss == .crossEntropy
    return NetworkDescription(
      input: hasSymbols ? .symbols(count: 9, embedding: embedding) : .vectors(width: 4),
      cell: cell.name, activation: cell.activation, layers: layers, hidden: hidden,
      outputs: hasSymbols ? 9 : 3, loss: loss)
  }

  /// The window.
  func window() -> SampleWindow {
    SampleWindow(
      description, timeSteps: timeSteps, streams: streams, truncation: truncation, seed: seed)
  }

  /// The state at the left edge: zero for whole sequences.
  func state() -> [Float] {
    var random = SplitMix(seed: seed + 100)
    let vectors = description.cell == "lstm" ? 2 : 1
    let count = description.layers * vectors * streams * description.hidden
    return random.floats(count, range: truncation == .full ? 0 : 0.8)
  }

  /// The reference with the same weights as `run`.
  func reference() throws -> ReferenceNetwork {
    let weights = try randomWeights(description)
    let layout = try run(streams: 0..<streams).network.layout
    let pairs = layout.parameters.map { ($0.name, weights[$0.range].map(Double.init)) }
    return ReferenceNetwork(
      description: description, parameters: Dictionary(uniqueKeysWithValues: pairs))
  }

  /// The network for some of the streams, in the state at the left edge.
  func run(streams part: Range<Int>, workers: Int = 1) throws -> NetworkRun {
    let run = try NetworkRun(
      description, capacity: WindowDimensions(timeSteps: timeSteps, streams: part.count),
      workers: workers, bySymbol: bySymbol, weights: try randomWeights(description))
    let (all, hidden) = (state(), description.hidden)
    let blocks = all.count / (streams * hidden)
    run.stateValues = (0..<blocks).flatMap { block in
      let first = (block * streams + part.lowerBound) * hidden
      return all[first..<first + part.count * hidden]
    }
    return run
  }
}
