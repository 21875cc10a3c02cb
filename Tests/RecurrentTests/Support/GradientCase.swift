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
  /// Whether some values are missing.
  var masked = false

  /// The cells, each with its activation.
  static let cells: [(name: String, activation: Activation)] = [
    ("elman", .hyperbolicTangent), ("elman", .rectifier), ("gru", .hyperbolicTangent),
    ("lstm", .hyperbolicTangent),
  ]

  var testDescription: String {
    let network = description
    return "\(network.cell) \(network.activation) × \(network.layers), \(network.loss.kind), "
      + "\(truncation), H \(network.hidden), T \(timeSteps), B \(streams)"
      + (bySymbol ? ", by symbol" : "") + (network.tied ? ", tied" : "")
      + (network.loss.weights == nil ? "" : ", weighted") + (masked ? ", masked" : "")
      + (network.skipsInput ? ", skips" : "")
      + (network.dropout == DropoutRates() ? "" : ", dropout")
  }

  /// A key wherever there is something to drop.
  var dropoutKey: DropoutKey? {
    description.dropout == DropoutRates()
      ? nil : DropoutKey(seed: 77, firstStream: 5, firstTimeStep: 1000)
  }

  /// The losses of classes, values and labels that most tests run.
  static let losses: [Loss] = [.crossEntropy, .meanSquaredError, .binaryCrossEntropy]

  /// Every loss of three values, without weights and with them.
  static let valueLosses: [Loss] = ([nil, [1, 0.5, 2]] as [[Float]?]).flatMap { weights in
    [
      Loss(.meanSquaredError, weights: weights), Loss(.meanAbsoluteError, weights: weights),
      Loss(.huber, weights: weights, delta: 0.5),
      Loss(.quantile, weights: weights, levels: [0.1, 0.5, 0.9]),
      Loss(.gaussian, weights: weights), Loss(.nashSutcliffe, weights: weights),
      Loss(.errorToSignal, weights: weights),
    ]
  }

  /// Every loss of values × truncation, small: without weights and masks, and with both.
  static let values: [GradientCase] = [cells[2], cells[3]].flatMap { cell in
    valueLosses.flatMap { loss in
      Truncation.allCases.map { truncation in
        GradientCase(
          description: network(cell, loss, layers: 2, hidden: 5), truncation: truncation,
          masked: loss.weights != nil)
      }
    }
  }

  /// Outputs that have inputs added.
  static let skipping: [GradientCase] = [valueLosses[0], valueLosses[13]].map { loss in
    var description = network(cells[3], loss, layers: 1, hidden: 6)
    description.skipsInput = true
    return GradientCase(description: description, masked: loss.weights != nil)
  }

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
      outputs: hasSymbols ? 9 : loss.outputs(targets: 3), loss: loss)
  }

  /// The window.
  func window() -> SampleWindow {
    SampleWindow(
      description, timeSteps: timeSteps, streams: streams, truncation: truncation, seed: seed,
      masked: masked)
  }

  /// What the loss remembers of a stream: an error and a value for each target.
  private var lossWidth: Int {
    description.loss.kind == .errorToSignal ? 2 * description.targets : 0
  }

  /// The state at the left edge: zero for whole sequences. Behind [layers, vectors, B, H] stands what
  /// the loss remembers, [B, lossWidth].
  func state() -> [Float] {
    var random = SplitMix(seed: seed + 100)
    let vectors = description.cell == "lstm" ? 2 : 1
    let count = streams * (description.layers * vectors * description.hidden + lossWidth)
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
    let remembered = all.count - streams * lossWidth
    let blocks = remembered / (streams * hidden)
    let carried = (0..<blocks).flatMap { block in
      let first = (block * streams + part.lowerBound) * hidden
      return all[first..<first + part.count * hidden]
    }
    let first = remembered + part.lowerBound * lossWidth
    run.stateValues = carried + all[first..<first + part.count * lossWidth]
    return run
  }
}
