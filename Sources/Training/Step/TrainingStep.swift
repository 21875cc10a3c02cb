import Communication
import Configuration
import Dispatch
import Optimization
import Recurrent
import SequenceData
import Storage
import WorkerPool

/// One step of truncated back-propagation through time on one rank of many.
///
/// `run` is the algorithm from top to bottom. It allocates nothing after its first windows.
final class TrainingStep {
  let network: Network
  let model: SharedModel
  /// The state that this rank's streams carry to the next window.
  let state: RecurrentState
  private let window: Window
  private let gradients: FloatArena  // [network.gradientCount]
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
    gradients = FloatArena(count: network.gradientCount)
  }

  /// Runs the window `span` of an epoch and, unless nothing in it counts, update number `step`.
  ///
  /// - Parameters:
  ///   - earlierTimeSteps: the time steps of the epochs before; they key dropout.
  /// - Returns: what the update did, or nil where nothing counted.
  /// - Throws: `TrainingError.notFinite` before the update, on all ranks; `CommunicationError`.
  func run(
    _ span: WindowSpan, of plan: EpochPlan, step: Int, learningRate: Double, earlierTimeSteps: Int
  ) throws -> StepRecord? {
    var clock = StepClock()

    plan.fill(window, from: span.leftEdge, to: span.end, countedFrom: span.countedFrom)
    let batch = NetworkBatch(window)
    let dropout = DropoutKey(
      seed: seed, firstStream: window.firstStream,
      firstTimeStep: earlierTimeSteps + span.leftEdge)

    network.forward(batch, weights: model.parameters, from: state, dropout: dropout)
    network.captureState(before: span.nextLeftEdge - span.leftEdge, into: state)
    clock.lap(\.forward)

    let earlier = try exchange.earlierLoss()
    clock.lap(\.exchange)
    let own = network.costAndGradient(batch, continuing: earlier)
    clock.lap(\.forward)
    let loss = try exchange.total(own)
    clock.lap(\.exchange)
    guard loss.count > 0 else { return nil }

    network.backwardThroughTime(batch, dropout: dropout)
    clock.lap(\.backward)
    try exchange.agree(on: network.touchedRows, of: batch)
    let continues = try exchange.begin(touchedGradients)
    clock.lap(\.exchange)
    network.addWeightGradients(batch, to: gradients.base, continues: continues)
    clock.lap(\.backward)
    try exchange.finish(touchedGradients)
    clock.lap(\.exchange)

    network.foldGradients(gradients.base, weights: model.parameters)
    model.sumNormBlocks(of: parameterGradients, pool: pool)
    try model.endReading()
    let norm = model.norm(of: parameterGradients, divisor: loss.count)
    guard loss.sum.isFinite, norm.isFinite else {
      throw TrainingError.notFinite(
        step: step, loss: loss.mean, gradientNorm: norm, checkpoint: nil)
    }
    model.applyUpdate(
      gradients: gradients.base, touched: rowsToUpdate(), step: step, learningRate: learningRate,
      divisor: loss.count, norm: norm, pool: pool)
    clock.lap(\.update)
    try model.handOver()
    clock.lap(\.wait)
    try model.pack(for: network)
    clock.lap(\.update)

    return StepRecord(
      step: step, epoch: plan.epoch + 1, loss: loss.mean, gradientNorm: norm,
      learningRate: learningRate, tokens: loss.count, times: clock.times)
  }
}

extension TrainingStep {
  /// The gradients that this window has.
  private var touchedGradients: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: gradients.buffer[network.gradientStart...])
  }

  /// Those of them that belong to parameters, once the others are folded.
  private var parameterGradients: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(
      rebasing: gradients.buffer[network.gradientStart..<model.layout.count])
  }

  /// The only rows of the embedding to update; nil, with the gradients of all rows in their places,
  /// where the optimizer moves untouched rows too.
  private func rowsToUpdate() -> TouchedRows? {
    guard let rows = network.touchedRows else { return nil }
    if model.optimizer.sparesUntouchedRows { return rows }
    rows.unpack(gradients.base)
    return nil
  }
}

extension NetworkBatch {
  /// A filled window as the network reads it.
  init(_ window: Window) {
    self.init(
      dimensions: WindowDimensions(timeSteps: window.timeSteps, streams: window.streams),
      weights: window.weights, resets: window.resets, scored: window.scored)
    switch window.inputKind {
    case .symbols: symbols = UnsafePointer(window.inputSymbols)
    case .vectors: vectors = UnsafePointer(window.inputVectors)
    }
    switch window.targetKind {
    case .classes: targetClasses = UnsafePointer(window.targetClasses)
    case .values, .labels: targetValues = UnsafePointer(window.targetValues)
    }
  }
}

/// Adds the time since the last lap to one of the step's phases.
struct StepClock {
  private(set) var times = StepTimes()
  private var last = DispatchTime.now().uptimeNanoseconds

  mutating func lap(_ phase: WritableKeyPath<StepTimes, Double>) {
    let now = DispatchTime.now().uptimeNanoseconds
    times[keyPath: phase] += Double(now - last) * 1e-9
    last = now
  }
}
