import Communication
import Foundation
import Recurrent
import SequenceData
import Storage

/// A corpus measured with a model: dropout off, every time step counted.
public struct EvaluationResult: Sendable, Equatable, Codable {
  /// The mean loss of a counted time step: nats, or the normalised mean squared error.
  public var loss: Double
  /// Counted time steps.
  public var tokens: Double
  /// e^loss, for classes.
  public var perplexity: Double?
  /// loss / ln 2, for classes.
  public var bitsPerSymbol: Double?
  /// The share of counted time steps that were predicted right, for classes and labels.
  public var accuracy: Double?
  /// √(mean squared error) in the data's units, for values.
  public var rootMeanSquareError: Double?
  /// The task's score.
  public var score: Double?

  /// A loss, without what only some kinds of data have.
  public init(loss: Double, tokens: Double) {
    self.loss = loss
    self.tokens = tokens
  }

  enum CodingKeys: String, CodingKey {
    case loss, tokens, perplexity, accuracy, score
    case bitsPerSymbol = "bits_per_symbol"
    case rootMeanSquareError = "root_mean_square_error"
  }
}

/// Runs a network over a corpus from the zero state, in streams of its own.
final class Evaluation {
  private let network: Network
  private let corpus: any Corpus
  private let streams: Int
  private let data: DataDescription
  private let communicator: any Communicator
  private let exchange: GradientExchange
  private let window: Window
  private let state: RecurrentState

  /// - Parameters:
  ///   - network: with this rank's share of `streams` streams.
  init(
    network: Network, corpus: any Corpus, streams: Int, data: DataDescription,
    communicator: any Communicator, exchange: GradientExchange
  ) {
    self.network = network
    self.corpus = corpus
    self.streams = streams
    self.data = data
    self.communicator = communicator
    self.exchange = exchange
    window = Window(
      capacity: network.capacity.timeSteps, streams: network.capacity.streams,
      inputKind: corpus.inputKind, targetKind: corpus.targetKind)
    state = network.makeState()
  }

  /// Measures the whole corpus.
  ///
  /// - Throws: `SequenceDataError`, `CommunicationError`.
  func run(weights: UnsafePointer<Float>) throws -> EvaluationResult {
    let shard = Shard.range(
      streams: streams, rank: communicator.rank, ranks: communicator.size)
    let plan = try EpochPlan(corpus: corpus, streams: streams, shard: shard)
    state.reset()
    var total = LossSum()
    var squaredError = 0.0
    let longest = network.capacity.timeSteps
    for position in stride(from: 0, to: plan.timeSteps, by: longest) {
      let end = min(position + longest, plan.timeSteps)
      plan.fill(window, from: position, to: end, countedFrom: position)
      let batch = NetworkBatch(window)
      network.forward(batch, weights: weights, from: state)
      network.captureState(before: end - position, into: state)
      squaredError += squaredErrorInUnits(batch)
      let own = network.cost(batch, continuing: try exchange.earlierLoss())
      total = total + (try exchange.total(own))
    }
    try communicator.allreduceSum(&squaredError, count: 1)
    return result(total, squaredError: squaredError)
  }

  /// Σ weight · mean over outputs of ((output − target) · deviation)².
  private func squaredErrorInUnits(_ batch: NetworkBatch) -> Double {
    guard case .values(let width) = corpus.targetKind, let targets = batch.targetValues else {
      return 0
    }
    let outputs = network.outputs()
    var sum = 0.0
    for row in 0..<batch.dimensions.rows where batch.weights[row] != 0 {
      for column in 0..<width {
        let deviation = data.normalization?.deviation[column] ?? 1
        let element = row * width + column
        let error = Double(outputs[element] - targets[element]) * deviation
        sum += Double(batch.weights[row]) * error * error / Double(width)
      }
    }
    return sum
  }

  private func result(_ total: LossSum, squaredError: Double) -> EvaluationResult {
    var result = EvaluationResult(loss: total.mean, tokens: total.count)
    switch corpus.targetKind {
    case .classes:
      result.perplexity = exp(total.mean)
      result.bitsPerSymbol = total.mean / log(2)
      result.accuracy = total.hits / total.count
    case .labels:
      result.accuracy = total.hits / total.count
    case .values:
      result.rootMeanSquareError = (squaredError / total.count).squareRoot()
    }
    switch data.score.measure {
    case .accuracy:
      // Without a task of its own the score would only repeat the accuracy.
      let hasTask = data.score.threshold != nil && total.scored > 0
      result.score = hasTask ? total.scoredHits / total.scored : nil
    case .meanSquaredError: result.score = total.mean
    case .normalizedRootMeanSquareError: result.score = total.mean.squareRoot()
    }
    return result
  }
}

extension LossSum {
  static func + (left: LossSum, right: LossSum) -> LossSum {
    var sum = left
    sum.sum += right.sum
    sum.count += right.count
    sum.hits += right.hits
    sum.scored += right.scored
    sum.scoredHits += right.scoredHits
    return sum
  }
}
