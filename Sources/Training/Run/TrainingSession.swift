import Checkpoints
import Communication
import Configuration
import Logging
import Optimization
import Recurrent
import SequenceData
import Storage

/// Where a session's weights come from.
enum WeightsOrigin {
  /// The configuration's initialization.
  case initial
  /// A checkpoint or safetensors file; only the weights are taken.
  case weights(path: String)
  /// A checkpoint that is gone on from.
  case checkpoint(Checkpoint)
}

/// The parts that train together on one rank: data, network, weights, and the step that moves them.
final class TrainingSession {
  let configuration: Configuration
  let resources: RankResources
  let data: ExperimentData
  let model: SharedModel
  let exchange: GradientExchange
  let shard: Range<Int>
  private let gradientForm: GradientForm
  let initialSchedule: LearningRateSchedule
  private(set) var step: TrainingStep

  var communicator: any Communicator { resources.communicator }

  /// Opens the data, builds the network and fills its weights, on all ranks together.
  ///
  /// - Throws: `AgreedFailure`, `CommunicationError`.
  init(
    _ configuration: Configuration, resources: RankResources, weights: WeightsOrigin,
    logger: Logger
  ) throws {
    let communicator = resources.communicator
    let streams = configuration.batch.streams
    let shard = Shard.range(streams: streams, rank: communicator.rank, ranks: communicator.size)
    let data = try CorpusLoader(configuration: configuration, communicator: communicator).load()
    let parts = try communicator.agree {
      try SessionParts(configuration, data, shard: shard, resources: resources)
    }
    self.configuration = configuration
    self.resources = resources
    self.data = data
    self.shard = shard
    gradientForm = parts.gradientForm
    initialSchedule = parts.schedule
    model = try SharedModel(
      network: parts.network, optimizer: parts.optimizer, communicator: communicator,
      update: configuration.parallel.update)
    if communicator.isRoot, let reason = model.fallbackReason { logger.warning("\(reason)") }
    exchange = GradientExchange(
      communicator: communicator, reduction: configuration.parallel.reduction)
    try Self.fill(model, from: weights, network: parts.network, configuration, communicator)
    try model.pack(for: parts.network)
    step = TrainingStep(
      network: parts.network, model: model, exchange: exchange, pool: resources.pool,
      data: data.description, seed: configuration.seed)
  }

  /// The leaders write their node's copy of the weights.
  private static func fill(
    _ model: SharedModel, from origin: WeightsOrigin, network: Network,
    _ configuration: Configuration, _ communicator: any Communicator
  ) throws {
    try communicator.agree {
      guard model.isLeader else { return }
      switch origin {
      case .initial:
        network.initialize(model.parameters, seed: configuration.seed)
      case .weights(let path):
        try TrainingCheckpoint.readParameters(
          from: try WeightsSource.open(path), layout: model.layout, into: model.parameters)
      case .checkpoint(let checkpoint):
        try TrainingCheckpoint.readModel(from: checkpoint, into: model)
      }
    }
    try model.handOver()
  }

  /// The plan and the windows of an epoch, counted from 0.
  func windows(ofEpoch epoch: Int) throws -> (plan: EpochPlan, windows: TruncationSchedule) {
    let plan = try EpochPlan(
      corpus: data.training, configuration: configuration, epoch: epoch, shard: shard)
    let windows = TruncationSchedule(plan: plan, truncation: configuration.truncation)
    try makeRoom(for: windows.longestWindow)
    return (plan, windows)
  }

  /// An epoch may hold a longer window than those before: a longer sequence under `full`, longer
  /// streams where they are shorter than k2.
  private func makeRoom(for longest: Int) throws {
    guard longest > step.network.capacity.timeSteps else { return }
    let network = try Network(
      step.network.description,
      capacity: WindowDimensions(timeSteps: longest, streams: shard.count), pool: resources.pool,
      bySymbol: gradientForm.bySymbol, packsTouchedRows: gradientForm.packsTouchedRows)
    model.adopt(network)
    let state = step.state
    step = TrainingStep(
      network: network, model: model, exchange: exchange, pool: resources.pool,
      data: data.description, seed: configuration.seed)
    // A run that was resumed within the epoch has states already.
    _ = step.state.buffer.update(fromContentsOf: state.buffer)
  }
}

/// What a configuration and its data determine, before any rank allocates shared memory.
private struct SessionParts {
  let network: Network
  let gradientForm: GradientForm
  let optimizer: OptimizerChain
  let schedule: LearningRateSchedule

  init(
    _ configuration: Configuration, _ data: ExperimentData, shard: Range<Int>,
    resources: RankResources
  ) throws {
    if case .windows(let k1, _) = configuration.truncation {
      try data.training.requireWindow(streams: configuration.batch.streams, k1: k1)
    }
    let plan = try EpochPlan(
      corpus: data.training, configuration: configuration, epoch: 0, shard: shard)
    let windows = TruncationSchedule(plan: plan, truncation: configuration.truncation)
    let description = configuration.networkDescription(data.description)
    gradientForm = GradientForm(
      description, windows, configuration, ranks: resources.communicator.size)
    network = try Network(
      description,
      capacity: WindowDimensions(timeSteps: windows.longestWindow, streams: shard.count),
      pool: resources.pool, bySymbol: gradientForm.bySymbol,
      packsTouchedRows: gradientForm.packsTouchedRows)
    optimizer = try configuration.optimizerChain(parameterCount: network.layout.count)
    let byEpochs = configuration.training.epochs.map { $0 * windows.count } ?? .max
    let totalSteps = min(byEpochs, configuration.training.steps ?? .max)
    schedule = try configuration.learningRateSchedule(totalSteps: totalSteps)
  }
}

/// How the gradients of a first layer over symbols are summed.
///
/// It decides the order of sums: all ranks do the same, a resumed run does the same, and so does any
/// number of ranks if their sums must be the same bits.
private struct GradientForm {
  /// By symbol first, which pays where a rank's window has at least twice as many rows as there are
  /// symbols.
  let bySymbol: Bool
  /// Only of the symbols that the window holds, which pays where they are at most half of all.
  let packsTouchedRows: Bool

  init(
    _ network: NetworkDescription, _ windows: TruncationSchedule, _ configuration: Configuration,
    ranks: Int
  ) {
    guard case .symbols(let count, _) = network.input else {
      (bySymbol, packsTouchedRows) = (false, false)
      return
    }
    let streams = configuration.batch.streams
    let isReproducible = configuration.parallel.reduction == .reproducible
    bySymbol = 2 * count <= windows.longestWindow * (isReproducible ? streams : streams / ranks)
    packsTouchedRows = !network.tied && 2 * windows.longestWindow * streams <= count
  }
}

extension EpochPlan {
  /// The plan of a training epoch, counted from 0.
  fileprivate init(
    corpus: any Corpus, configuration: Configuration, epoch: Int, shard: Range<Int>
  ) throws(SequenceDataError) {
    try self.init(
      corpus: corpus, streams: configuration.batch.streams, epoch: epoch, seed: configuration.seed,
      shuffled: true, shard: shard, mode: configuration.truncation == .full ? .full : .truncated)
  }
}
