import Communication
import Foundation
import Recurrent
import SequenceData
import Settings
import Storage

/// Runs a network over a corpus from the zero state, in streams of its own.
final class Evaluation {
  private let network: Network
  private let corpus: any Corpus
  private let tree: LeafTree
  private let shard: RankShard
  private let data: DataDescription
  private let configuration: Configuration
  private let communicator: any Communicator
  private let control: RunControl
  private let losses: LossTable
  private let leafEnds: Arena<Int>  // [leaves of this rank]
  private let window: Window
  private let state: RecurrentState

  /// - Parameters:
  ///   - network: with this rank's streams of the tree's, and room for `windowLength`.
  init(
    network: Network, corpus: any Corpus, tree: LeafTree, data: DataDescription,
    configuration: Configuration, communicator: any Communicator, control: RunControl
  ) {
    self.network = network
    self.corpus = corpus
    self.tree = tree
    let shard = RankShard(tree, communicator)
    self.shard = shard
    losses = LossTable(tree)
    leafEnds = Arena(tree.ends(of: shard.leaves))
    self.data = data
    self.configuration = configuration
    self.communicator = communicator
    self.control = control
    window = Window(
      capacity: Self.windowLength(configuration), streams: network.capacity.streams,
      inputKind: corpus.inputKind, targetKind: corpus.targetKind)
    state = network.makeState()
  }

  /// The time steps that are evaluated at once. They decide the order in which losses are summed, so
  /// they follow from the configuration alone: a resumed run, and `evaluate` after it, have the same.
  static func windowLength(_ configuration: Configuration) -> Int {
    let longest = 64
    guard case .windows(_, let k2) = configuration.truncation else { return longest }
    return min(longest, k2)
  }

  /// Measures the whole corpus.
  ///
  /// - Throws: `RunControl.Stopped` on all ranks if one wants to stop meanwhile; `SequenceDataError`,
  ///   `AgreedFailure`, `CommunicationError`.
  func run(weights: UnsafePointer<Float>) throws -> EvaluationResult {
    let plan = try EpochPlan(corpus: corpus, streams: tree.streams, shard: shard.streams)
    state.reset()
    var total = LossSum()
    let length = Self.windowLength(configuration)
    let leaves = WindowLeaves(ends: Common(leafEnds.base), count: leafEnds.count)
    for position in stride(from: 0, to: plan.timeSteps, by: length) {
      let end = min(position + length, plan.timeSteps)
      Heartbeat.enter(.validation)
      plan.fill(window, from: position, to: end, countedFrom: position)
      let batch = NetworkBatch(window, leaves: leaves)
      let pass = network.forward(batch, weights: weights, from: state)
      pass.captureState(before: end - position, into: state)
      losses.clear()
      let squaredErrors = squaredErrorsInUnits(of: pass, batch)
      let own = pass.cost()
      for leaf in 0..<leaves.count {
        var loss = own[leaf]
        loss.squaredErrorInUnits = squaredErrors[leaf]
        losses[shard.leaves.lowerBound + leaf] = loss
      }
      total = total + (try control.total(losses))
      try control.throwIfStopIsWanted()
    }
    var result = result(total)
    result.warmUpTokens = warmUpTokens(plan)
    return result
  }

  /// Σ weight · mean over outputs of ((output − target) · deviation)² of each leaf, stream by stream, as
  /// losses are summed.
  private func squaredErrorsInUnits(
    of pass: borrowing ForwardPass, _ batch: NetworkBatch
  ) -> [Double] {
    guard case .values(let width) = corpus.targetKind, let targets = batch.targetValues else {
      return Array(repeating: 0, count: batch.leaves.count)
    }
    let outputs = pass.outputs()
    let streams = batch.dimensions.streams
    return (0..<batch.leaves.count).map { leaf in
      var sum = 0.0
      for stream in batch.leaves.streams(ofLeaf: leaf, of: streams) {
        for timeStep in 0..<batch.dimensions.timeSteps {
          let row = timeStep * streams + stream
          guard batch.weights[row] != 0 else { continue }
          for element in row * width..<(row + 1) * width {
            let deviation = data.normalization?.deviation[element - row * width] ?? 1
            let error = Double(outputs[element] - targets[element]) * deviation
            sum += Double(batch.weights[row]) * error * error / Double(width)
          }
        }
      }
      return sum
    }
  }

  private func result(_ total: LossSum) -> EvaluationResult {
    var result = EvaluationResult(loss: total.mean, tokens: total.count)
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
      result.rootMeanSquareError = (total.squaredErrorInUnits / total.count).squareRoot()
    }
    switch data.score.measure {
    case .accuracy:
      // Without a task of its own the score would only repeat the accuracy.
      let hasTask = data.score.threshold != nil && total.scored > 0
      result.score = hasTask ? total.scoredHits / total.scored : nil
    case .meanSquaredError: result.score = total.mean
    case .normalizedRootMeanSquareError: result.score = total.mean.squareRoot()
    }
    result.scoreName = result.score.map { _ in data.score.name }
    return result
  }

  /// How many time steps of a series lie within the first k2 of their streams, which start from the
  /// zero state; nil where they are too few to matter.
  private func warmUpTokens(_ plan: EpochPlan) -> Double? {
    guard case .values = corpus.targetKind, corpus.isContinuous,
      case .windows(_, let k2) = configuration.truncation
    else { return nil }
    let all = plan.streamLengths.reduce(0, +)
    let early = plan.streamLengths.reduce(0) { $0 + min($1, k2) }
    return early * 20 >= all ? Double(early) : nil
  }
}
