import Checkpoints
import Communication
import Logging
import Optimization
import Recurrent
import SequenceData
import Settings
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
  let windowsOfFirstEpoch: Int
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
      if case .checkpoint(let checkpoint) = weights {
        try data.description.requireSameContent(
          as: try checkpoint.json(CheckpointFile.data), configuration,
          mend: "restore it, or start a new run with another --output")
      }
      return try SessionParts(configuration, data, shard: shard, resources: resources)
    }
    self.configuration = configuration
    self.resources = resources
    self.data = data
    self.shard = shard
    gradientForm = parts.gradientForm
    initialSchedule = parts.schedule
    windowsOfFirstEpoch = parts.windowCount
    model = try SharedModel(
      network: parts.network, optimizer: parts.optimizer, communicator: communicator,
      update: configuration.parallel.update)
    if communicator.isRoot, let reason = model.fallbackReason { logger.warning("\(reason)") }
    exchange = GradientExchange(
      communicator: communicator, reduction: configuration.parallel.reduction)
    try Self.fill(model, from: weights, network: parts.network, configuration, communicator, logger)
    try model.pack(for: parts.network)
    step = TrainingStep(
      network: parts.network, model: model, exchange: exchange, pool: resources.pool,
      data: data.description, seed: configuration.seed)
  }

  /// The leaders write their node's copy of the weights.
  private static func fill(
    _ model: SharedModel, from origin: WeightsOrigin, network: Network,
    _ configuration: Configuration, _ communicator: any Communicator, _ logger: Logger
  ) throws {
    try communicator.agree {
      guard model.isLeader else { return }
      switch origin {
      case .initial:
        network.initialize(model.parameters, seed: configuration.seed)
      case .weights(let path):
        let (file, warnings) = try WeightsSource.open(path)
        try TrainingCheckpoint.readParameters(
          from: file, layout: model.layout, into: model.parameters)
        if communicator.isRoot {
          for warning in warnings { logger.warning("\(warning)") }
          logger.info("starting from the weights of \(file.path)")
        }
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
    try communicator.agree { try makeRoom(for: windows.longestWindow) }
    return (plan, windows)
  }

  /// An epoch may hold a longer window than those before: a longer sequence under `full`, longer
  /// streams where they are shorter than k2.
  private func makeRoom(for longest: Int) throws {
    guard longest > step.network.capacity.timeSteps else { return }
    try MemoryCheck(communicator: communicator).require(
      MemoryDemand(
        step.network.description, timeSteps: longest, streams: shard.count,
        workers: resources.pool.workers, trains: true),
      hint: "shorten the longest sequence, or lower batch.streams")
    let network = try Network(
      step.network.description,
      capacity: WindowDimensions(timeSteps: longest, streams: shard.count), pool: resources.pool,
      form: gradientForm)
    model.adopt(network)
    let state = step.state
    step = TrainingStep(
      network: network, model: model, exchange: exchange, pool: resources.pool,
      data: data.description, seed: configuration.seed)
    // A run that was resumed within the epoch has states already.
    _ = step.state.buffer.update(fromContentsOf: state.buffer)
  }
}
