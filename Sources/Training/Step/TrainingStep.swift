import Communication
import Optimization
import Recurrent
import SequenceData
import Storage
import Workers

/// One step of truncated back-propagation through time on one rank of many.
///
/// `run` is the algorithm from top to bottom. It allocates nothing after its first windows.
final class TrainingStep {
  let network: Network
  let model: SharedModel
  private let minibatch: RankMinibatch
  private let losses: LossTable
  private let control: RunControl
  private let reduction: TreeReduction
  private let communicator: any Communicator
  private let pool: WorkerPool
  private let seed: UInt64
  private let timeline: Timeline?

  /// The longest window that it has room for.
  let timeSteps: Int
  /// The state that this rank's streams carry to the next window.
  var state: RecurrentState { minibatch.state }

  init(
    network: Network, model: SharedModel, minibatch: RankMinibatch, timeSteps: Int, tree: LeafTree,
    control: RunControl, reduction: TreeReduction, resources: RankResources, seed: UInt64,
    timeline: Timeline?
  ) {
    self.network = network
    self.model = model
    self.minibatch = minibatch
    self.timeSteps = timeSteps
    self.control = control
    self.reduction = reduction
    losses = LossTable(tree)
    communicator = resources.communicator
    pool = resources.pool
    self.seed = seed
    self.timeline = timeline
    minibatch.renew(model.parameters)
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
    timeline?.begin(step: step)
    Heartbeat.begin(step: step)
    var clock = StepClock(timeline?.main)

    minibatch.fill(span, of: plan)
    clock.lap(.reading)
    try shareTouchedRows()
    clock.lap(.rows)
    try shareEnergies()
    clock.lap(.losses)

    losses.clear()
    let computing = minibatch.run(
      span, weights: model.parameters, seed: seed, earlierTimeSteps: earlierTimeSteps,
      losses: losses, completed: { reduction.complete($0.values) })
    clock.lap(computing)
    Heartbeat.enter(.exchange)
    clock.hide(try reduction.finish())
    clock.lap(.exchange)
    let loss = try control.total(losses)
    clock.lap(.losses)
    guard loss.count > 0 else { return nil }

    Heartbeat.enter(.update)
    let gradients = reduction.sums
    let regions = try fold(gradients)
    model.sumNormBlocks(of: regions, gradients, pool: pool)
    clock.lap(.norm)
    try model.endReading()
    clock.lap(.wait)
    let norm = model.norm(of: regions, divisor: loss.count)
    guard loss.sum.isFinite, norm.isFinite else {
      throw RunFailure.notFinite(
        step: step, loss: loss.mean, gradientNorm: norm, checkpoint: nil)
    }
    let update = Update(
      step: step, learningRate: learningRate, divisor: loss.count, norm: norm)
    model.apply(update, to: regions, gradients, pool: pool)
    clock.lap(.update)
    try model.handOver()
    clock.lap(.wait)
    try model.pack(for: network) {
      clock.lap(.packing)
    } handedOver: {
      clock.lap(.wait)
    }
    minibatch.renew(model.parameters)
    clock.lap(.packing)
    if let timeline { noteJourneys(in: timeline) }

    return StepRecord(
      step: step, epoch: plan.epoch + 1, loss: loss.mean, gradientNorm: norm,
      learningRate: learningRate, tokens: loss.timeSteps, times: clock.times)
  }

  /// Notes when the parts of the gradients were under way between nodes.
  private func noteJourneys(in timeline: Timeline) {
    for journey in reduction.journeys {
      let region = network.completedRegions.firstIndex { $0.values.overlaps(journey.range) } ?? -1
      timeline.add(
        region: region, floats: journey.range.count, from: journey.begin, to: journey.end)
    }
  }

  /// Lets the error-to-signal ratio know the energies of the whole minibatch's signal.
  private func shareEnergies() throws {
    guard network.description.loss.kind == .errorToSignal else { return }
    losses.clear()
    minibatch.noteEnergies(in: losses)
    minibatch.take(SignalEnergies(try control.total(losses)))
  }

  /// Collects the rows of the table that the minibatch touches on any rank.
  private func shareTouchedRows() throws(CommunicationError) {
    guard let rows = network.touchedRows, let marks = rows.marks.baseAddress else { return }
    try communicator.allreduceSum(marks, count: rows.rowCount)
    rows.collect()
  }

  /// Gives every parameter its whole gradient, once for the ranks that see the same sums; returns where
  /// they lie then.
  private func fold(
    _ gradients: FloatPointer
  ) throws(CommunicationError) -> [GradientRegion] {
    let movesAllRows = !model.optimizer.sparesUntouchedRows && network.touchedRows != nil
    guard network.folds || movesAllRows else { return network.parameterRegions }
    if reduction.isLeader {
      network.fold(gradients, weights: model.parameters)
      // The optimizer may move rows that no window has touched, too.
      if movesAllRows { for region in network.parameterRegions { region.unpack(gradients) } }
    }
    try reduction.handOver()
    return movesAllRows ? network.denseRegions : network.parameterRegions
  }
}
