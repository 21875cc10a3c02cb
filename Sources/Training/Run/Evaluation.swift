import Communication
import Foundation
import Recurrent
import SequenceData
import Settings
import Storage

/// Runs a network, or several whose outputs are averaged, over a corpus from the zero state, in streams
/// of its own.
final class Evaluation {
  private let networks: [Network]
  /// Of the outputs of several.
  private let mean: OutputMean?
  private let spread: SpreadRecorder?
  private let corpus: any Corpus
  private let tree: LeafTree
  private let shard: RankShard
  private let data: DataDescription
  private let configuration: Configuration
  private let communicator: any Communicator
  private let control: RunControl
  private let losses: LossTable
  private let measures: MeasureRecorder?
  private let leafEnds: Arena<Int>  // [leaves of this rank]
  private let window: Window
  private let states: [RecurrentState]

  /// - Parameters:
  ///   - networks: each with this rank's streams of the tree's, and room for `windowLength`.
  ///   - corpus: cut for so many streams, or whole.
  init(
    networks: [Network], corpus: any Corpus, tree: LeafTree, data: DataDescription,
    configuration: Configuration, communicator: any Communicator, control: RunControl
  ) {
    precondition(!networks.isEmpty, "an evaluation of no network")
    let (network, length) = (networks[0], Self.windowLength(configuration))
    self.networks = networks
    mean =
      networks.count == 1
      ? nil : OutputMean(network.description, rows: length * network.capacity.streams)
    spread = networks.count == 1 ? nil : SpreadRecorder(tree, targets: data.measuredTargets)
    self.corpus = corpus
    self.tree = tree
    let shard = RankShard(tree, communicator)
    self.shard = shard
    losses = LossTable(tree)
    measures = MeasureRecorder(
      corpus, streams: tree.streams, description: network.description, data: data)
    leafEnds = Arena(tree.ends(of: shard.leaves))
    self.data = data
    self.configuration = configuration
    self.communicator = communicator
    self.control = control
    window = Window(
      capacity: length, streams: network.capacity.streams,
      inputKind: corpus.inputKind, targetKind: corpus.targetKind)
    states = networks.map { $0.makeState() }
  }

  /// The time steps that are evaluated at once. They decide the order in which losses are summed, so
  /// they follow from the configuration alone: a resumed run, and `evaluate` after it, have the same.
  static func windowLength(_ configuration: Configuration) -> Int {
    let longest = 64
    guard case .windows(let k1, let k2) = configuration.truncation else { return longest }
    // The offset term is of windows, so they are those of training.
    return configuration.loss.kind == .errorToSignal ? k1 : min(longest, k2)
  }

  /// Measures the whole corpus.
  ///
  /// - Parameter weights: each network's.
  /// - Returns: the result and, for values, what it is a summary of; the same on every rank.
  /// - Throws: `RunControl.Stopped` on all ranks if one wants to stop meanwhile; `SequenceDataError`,
  ///   `AgreedFailure`, `CommunicationError`.
  func run(
    weights: [UnsafePointer<Float>]
  ) throws -> (result: EvaluationResult, report: MeasureReport?) {
    let plan = try EpochPlan(corpus: corpus, streams: tree.streams, shard: shard.streams)
    for state in states { state.reset() }
    measures?.clear()
    spread?.clear()
    var total = LossSum()
    let length = Self.windowLength(configuration)
    let leaves = WindowLeaves(ends: Common(leafEnds.base), count: leafEnds.count)
    for position in stride(from: 0, to: plan.timeSteps, by: length) {
      let end = min(position + length, plan.timeSteps)
      Heartbeat.enter(.validation)
      plan.fill(window, from: position, to: end, countedFrom: position)
      var batch = NetworkBatch(window, scales: corpus.sequenceScales, leaves: leaves)
      batch.energies = try energies(of: batch)
      losses.clear()
      let own = cost(of: batch, weights)
      for leaf in 0..<leaves.count { losses[shard.leaves.lowerBound + leaf] = own[leaf] }
      total = total + (try control.total(losses))
      try control.throwIfStopIsWanted()
    }
    let report = try measures?.report(over: communicator)
    var result = result(total, report)
    result.warmUpTokens = warmUpTokens(plan)
    if let spread {
      result.members = networks.count
      result.spread = try spread.mean(control)
    }
    return (result, report)
  }

  /// Runs a window on from the states; its cost, leaf by leaf.
  private func cost(of batch: NetworkBatch, _ weights: [UnsafePointer<Float>]) -> LeafLosses {
    let last = networks.count - 1
    mean?.clear()
    for member in 0..<last {
      let pass = forward(member, batch, weights)
      mean?.add(pass.outputs(), rows: batch.dimensions.rows)
    }
    let pass = forward(last, batch, weights)
    guard let mean else {
      if let measures { measures.add(pass.outputs(), of: window) }
      return pass.cost()
    }
    mean.add(pass.outputs(), rows: batch.dimensions.rows)
    let outputs = mean.outputs()
    measures?.add(outputs, of: window)
    spread?.add(mean, of: batch, leaves: shard.leaves)
    return pass.cost(ofOutputs: outputs)
  }

  private func forward(
    _ member: Int, _ batch: NetworkBatch, _ weights: [UnsafePointer<Float>]
  ) -> ForwardPass {
    let pass = networks[member].forward(batch, weights: weights[member], from: states[member])
    pass.captureState(before: batch.dimensions.timeSteps, into: states[member])
    return pass
  }

  /// The energies of the window's signal in all streams, where the loss asks for them.
  private func energies(of batch: NetworkBatch) throws -> SignalEnergies? {
    let loss = networks[0].description.loss
    guard loss.kind == .errorToSignal else { return nil }
    losses.clear()
    for leaf in 0..<batch.leaves.count {
      if let energies = loss.energies(of: batch, leaf: leaf, state: states[0]) {
        losses.note(energies, ofLeaf: shard.leaves.lowerBound + leaf)
      }
    }
    return SignalEnergies(try control.total(losses))
  }

  private func result(_ total: LossSum, _ report: MeasureReport?) -> EvaluationResult {
    var result = EvaluationResult(loss: total.mean, tokens: total.timeSteps)
    switch corpus.targetKind {
    case .classes:
      if data.predictsSymbols {
        result.perplexity = exp(total.mean)
        result.bitsPerSymbol = total.mean / log(2)
      }
      result.accuracy = total.hits / total.count
    case .labels:
      result.accuracy = total.hits / total.count
      result.isOfSets = true
    case .values:
      if let report { result.add(report) }
    }
    switch data.score.measure {
    case .accuracy:
      // Without a task of its own the score would only repeat the accuracy.
      let hasTask = data.score.threshold != nil && total.scored > 0
      result.score = hasTask ? total.scoredHits / total.scored : nil
    // Of the errors themselves, whatever the loss is.
    case .meanSquaredError: result.score = report?.meanSquaredError
    case .normalizedRootMeanSquareError: result.score = report?.meanSquaredError.squareRoot()
    }
    result.scoreName = result.score.map { _ in data.score.name }
    return result
  }

  /// How many time steps of a series lie within the first k2 of their streams, which start from the
  /// zero state; nil where they are too few to matter.
  private func warmUpTokens(_ plan: EpochPlan) -> Double? {
    guard case .values = corpus.targetKind, corpus.isContinuous, configuration.warmUp == 0,
      case .windows(_, let k2) = configuration.truncation
    else { return nil }
    let all = plan.streamLengths.reduce(0, +)
    let early = plan.streamLengths.reduce(0) { $0 + min($1, k2) }
    return early * 20 >= all ? Double(early) : nil
  }
}
