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
  let control: RunControl
  /// The leaves of the minibatch.
  let tree: LeafTree
  let shard: RankShard
  private let form: GradientForm
  private let lanes: LanePlan
  private let reduction: TreeReduction
  let initialSchedule: LearningRateSchedule
  let windowsOfFirstEpoch: Int
  private let timeline: Timeline?
  private(set) var step: TrainingStep

  var communicator: any Communicator { resources.communicator }

  /// Opens the data, builds the network and fills its weights, on all ranks together.
  ///
  /// - Parameters:
  ///   - configuration: what to train.
  ///   - resources: what this rank computes with.
  ///   - weights: where they come from.
  ///   - savesCheckpoints: whether there must be room for a copy of weights and moments on rank 0.
  ///   - timeline: where its steps are noted.
  ///   - logger: what is told goes there.
  /// - Throws: `AgreedFailure`, `CommunicationError`.
  init(
    _ configuration: Configuration, resources: RankResources, weights: WeightsOrigin,
    savesCheckpoints: Bool = false, timeline: Timeline? = nil, logger: Logger
  ) throws {
    let communicator = resources.communicator
    let tree = LeafTree(
      streams: configuration.batch.streams, leaves: configuration.batch.leaves)
    let shard = RankShard(tree, communicator)
    let loader = CorpusLoader(configuration: configuration, communicator: communicator)
    let data = try (resources.corpora?.data(loader) ?? loader.load())
      .cut(streams: configuration.batch.streams)
    if communicator.isRoot {
      for note in data.notes { logger.info("\(note)") }
    }
    let parts = try communicator.agree {
      if case .checkpoint(let checkpoint) = weights {
        try data.description.requireSameContent(
          as: try checkpoint.json(CheckpointFile.data), configuration,
          mend: "restore it, or start a new run with another --output")
      }
      return try SessionParts(
        configuration, data, shard: shard, resources: resources,
        savesCheckpoints: savesCheckpoints)
    }
    self.configuration = configuration
    self.resources = resources
    self.timeline = timeline
    self.data = data
    self.shard = shard
    self.tree = tree
    form = parts.form
    lanes = parts.lanes
    initialSchedule = parts.schedule
    windowsOfFirstEpoch = parts.windowCount
    model = try SharedModel(
      network: parts.network, optimizer: parts.optimizer, communicator: communicator,
      update: configuration.parallel.update)
    control = RunControl(communicator: communicator)
    reduction = try TreeReduction(
      tree, count: parts.network.gradientCount, ranges: parts.network.completedRegions.count,
      isShared: model.isShared, communicator: communicator, pool: resources.pool)
    if communicator.isRoot, let reason = model.fallbackReason ?? reduction.fallbackReason {
      logger.warning("\(reason)")
    }
    if communicator.isRoot, communicator.size > tree.leafCount {
      let idle = communicator.size - tree.leafCount
      logger.warning(
        """
        \(communicator.size) ranks share \(tree.leafCount) leaves, so \(idle) of them have nothing to \
        compute; batch.leaves says how many there are, a power of two up to batch.streams, and another \
        number gives other bits
        """)
    }
    try Self.fill(model, from: weights, network: parts.network, configuration, communicator, logger)
    try model.pack(for: parts.network)
    step = try Self.step(
      parts.network, model, control, reduction, lanes, tree, shard, timeSteps: parts.timeSteps,
      data.description, configuration, resources, timeline)
  }

  private static func step(
    _ network: Network, _ model: SharedModel, _ control: RunControl, _ reduction: TreeReduction,
    _ lanes: LanePlan, _ tree: LeafTree, _ shard: RankShard, timeSteps: Int,
    _ data: DataDescription, _ configuration: Configuration, _ resources: RankResources,
    _ timeline: Timeline?
  ) throws -> TrainingStep {
    let minibatch = try resources.communicator.agree {
      try RankMinibatch(
        tree, shard: shard, network: network, plan: lanes, reduction: reduction,
        timeSteps: timeSteps, data: data, pool: resources.pool, timeline: timeline)
    }
    return TrainingStep(
      network: network, model: model, minibatch: minibatch, timeSteps: timeSteps, tree: tree,
      control: control, reduction: reduction, resources: resources, seed: configuration.seed,
      timeline: timeline)
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
      corpus: data.training, configuration: configuration, epoch: epoch, shard: shard.streams)
    let windows = TruncationSchedule(plan: plan, truncation: configuration.truncation)
    try makeRoom(for: windows.longestWindow)
    return (plan, windows)
  }

  /// An epoch may hold a longer window than those before: a longer sequence under `full`, longer
  /// streams where they are shorter than k2.
  private func makeRoom(for longest: Int) throws {
    // The longest window is that of all streams, so all ranks do the same.
    guard longest > step.timeSteps else { return }
    let network = try communicator.agree {
      try MemoryCheck(communicator: communicator).require(
        MemoryDemand(
          step.network.description, timeSteps: longest, streams: shard.streams.count,
          workers: resources.pool.workers, trains: true,
          gradientCopies: TreeReduction.gradientCopies(
            leaves: shard.leaves, node: communicator.node)),
        hint: "shorten the longest sequence, or lower batch.streams")
      return try Network(
        step.network.description, shard: shard, lanes: lanes, timeSteps: longest, configuration,
        pool: resources.pool, form: form)
    }
    model.adopt(network)
    let state = step.state
    step = try Self.step(
      network, model, control, reduction, lanes, tree, shard, timeSteps: longest,
      data.description, configuration, resources, timeline)
    // A run that was resumed within the epoch has states already.
    _ = step.state.buffer.update(fromContentsOf: state.buffer)
  }
}
