import Communication
import Dispatch
import Optimization
import Recurrent
import SequenceData
import Settings
import Storage
import Workers

/// One step of truncated back-propagation through time on one rank of many.
///
/// `run` is the algorithm from top to bottom. It allocates nothing after its first windows.
final class TrainingStep {
  let network: Network
  let model: SharedModel
  /// The state that this rank's streams carry to the next window.
  let state: RecurrentState
  private let window: Window
  private let gradients: Arena<Float>  // [network.gradientCount]
  private let exchange: GradientExchange
  private let pool: WorkerPool
  private let seed: UInt64

  init(
    network: Network, model: SharedModel, exchange: GradientExchange, pool: WorkerPool,
    data: DataDescription, seed: UInt64
  ) {
    self.network = network
    self.model = model
    window = Window(
      capacity: network.capacity.timeSteps, streams: network.capacity.streams,
      inputKind: data.inputKind, targetKind: data.targetKind)
    self.exchange = exchange
    self.pool = pool
    self.seed = seed
    state = network.makeState()
    gradients = Arena(count: network.gradientCount)
  }

  /// Runs the window `span` of an epoch and, unless nothing in it counts, update number `step`.
  ///
  /// - Parameters:
  ///   - earlierTimeSteps: the time steps of the epochs before; they key dropout.
  /// - Returns: what the update did, or nil where nothing counted.
  /// - Throws: `RunFailure.notFinite` before the update, on all ranks; `CommunicationError`.
  func run(
    _ span: WindowSpan, of plan: EpochPlan, step: Int, learningRate: Double, earlierTimeSteps: Int
  ) throws -> StepRecord? {
    var clock = StepClock()

    plan.fill(window, from: span.leftEdge, to: span.end, countedFrom: span.countedFrom)
    let batch = NetworkBatch(window)
    let dropout = DropoutKey(
      seed: seed, firstStream: window.firstStream,
      firstTimeStep: earlierTimeSteps + span.leftEdge)
    try exchange.begin(batch, of: network)
    clock.lap(\.exchange)

    let forward = network.forward(
      batch, weights: model.parameters, from: state, dropout: dropout)
    forward.captureState(before: span.nextLeftEdge - span.leftEdge, into: state)
    clock.lap(\.forward)

    let earlier = try exchange.earlierLoss()
    clock.lap(\.exchange)
    let backward = forward.costAndGradient(continuing: earlier)
    clock.lap(\.forward)
    let loss = try exchange.total(backward.loss)
    clock.lap(\.exchange)
    guard loss.count > 0 else { return nil }

    let sums = try backward.addGradients(to: gradients.base) {
      region throws(CommunicationError) in
      clock.lap(\.backward)
      defer { clock.lap(\.exchange) }
      return try exchange.continues(region, in: gradients.base)
    } completed: { region throws(CommunicationError) in
      clock.lap(\.backward)
      try exchange.completed(region, in: gradients.base)
      clock.lap(\.exchange)
    }
    clock.lap(\.backward)
    try exchange.finish(writtenGradients)
    clock.lap(\.exchange)

    sums.fold(weights: model.parameters)
    let regions = network.parameterRegions
    model.sumNormBlocks(of: regions, gradients.base, pool: pool)
    clock.lap(\.update)
    try model.endReading()
    clock.lap(\.wait)
    let norm = model.norm(of: regions, divisor: loss.count)
    guard loss.sum.isFinite, norm.isFinite else {
      throw RunFailure.notFinite(
        step: step, loss: loss.mean, gradientNorm: norm, checkpoint: nil)
    }
    let update = Update(
      step: step, learningRate: learningRate, divisor: loss.count, norm: norm)
    model.apply(update, to: regions, gradients.base, pool: pool)
    clock.lap(\.update)
    try model.handOver()
    clock.lap(\.wait)
    try model.pack(for: network) {
      clock.lap(\.update)
    } handedOver: {
      clock.lap(\.wait)
    }
    clock.lap(\.update)

    return StepRecord(
      step: step, epoch: plan.epoch + 1, loss: loss.mean, gradientNorm: norm,
      learningRate: learningRate, tokens: loss.count, times: clock.times)
  }
}

extension TrainingStep {
  /// The gradients that this window has.
  private var writtenGradients: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: gradients.buffer[network.writtenGradients])
  }
}
