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
  private let windowsOfFirstEpoch: Int
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
          as: try checkpoint.json(CheckpointFile.data), configuration: configuration)
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
  let windowCount: Int

  init(
    _ configuration: Configuration, _ data: ExperimentData, shard: Range<Int>,
    resources: RankResources
  ) throws {
    if case .windows(let k1, _) = configuration.truncation {
      try data.training.requireWindow(streams: configuration.batch.streams, k1: k1)
    }
    let description = try configuration.checkedNetworkDescription(data.description)
    try Self.requireSamplePrompt(configuration, data.description)
    let moments = try configuration.optimizerChain(parameterCount: 0).momentCount
    func requireMemory(timeSteps: Int) throws {
      try MemoryCheck(communicator: resources.communicator).require(
        MemoryDemand(
          description, timeSteps: timeSteps, streams: shard.count, workers: resources.pool.workers,
          moments: moments, trains: true),
        hint: "lower model.hidden, model.embedding, model.layers, batch.streams, bptt or "
          + "parallel.workers, or the number of symbols")
    }
    // A plan, too, grows with the streams.
    try requireMemory(timeSteps: 1)
    let plan = try EpochPlan(
      corpus: data.training, configuration: configuration, epoch: 0, shard: shard)
    let windows = TruncationSchedule(plan: plan, truncation: configuration.truncation)
    let longest = max(
      windows.longestWindow,
      data.validation == nil ? 0 : Evaluation.windowLength(configuration))
    try requireMemory(timeSteps: longest)
    gradientForm = GradientForm(
      description, windows, configuration, ranks: resources.communicator.size)
    network = try Network(
      description, capacity: WindowDimensions(timeSteps: longest, streams: shard.count),
      pool: resources.pool, bySymbol: gradientForm.bySymbol,
      packsTouchedRows: gradientForm.packsTouchedRows)
    optimizer = try configuration.optimizerChain(parameterCount: network.layout.count)
    windowCount = windows.count
    schedule = try configuration.learningRateSchedule(
      totalSteps: configuration.totalSteps(windowsInEpoch: windowCount))
  }

  /// What a sample continues is needed only at the first validation, hours from now.
  private static func requireSamplePrompt(
    _ configuration: Configuration, _ data: DataDescription
  ) throws {
    guard let prompt = configuration.training.sample?.prompt, let vocabulary = data.vocabulary
    else { return }
    do {
      _ = try vocabulary.encode(prompt)
    } catch {
      throw TrainingError.unsuitable("training.sample.prompt: \(error)")
    }
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

extension Configuration {
  /// The updates of a run whose epochs have so many windows.
  fileprivate func totalSteps(windowsInEpoch: Int) -> Int {
    let (product, overflows) = (training.epochs ?? .max).multipliedReportingOverflow(
      by: windowsInEpoch)
    return min(overflows ? .max : product, training.steps ?? .max)
  }
}

extension TrainingSession {
  /// One line if the end of a cosine schedule has moved since a run was begun as `earlier`, which
  /// changes the rate at once.
  func scheduleChange(since earlier: Configuration, _ progress: TrainingProgress) throws -> String?
  {
    var moved = earlier
    moved.training = configuration.training
    moved.schedule.totalSteps = configuration.schedule.totalSteps
    guard earlier.schedule.kind == .cosine, progress.step > 0 else { return nil }
    let (step, epoch) = (progress.step + 1, progress.epoch + 1)
    let rates = try [earlier, moved].map { configuration in
      try configuration.learningRateSchedule(
        totalSteps: configuration.totalSteps(windowsInEpoch: windowsOfFirstEpoch)
      ).rate(step: step, epoch: epoch)
    }
    guard rates[0] != rates[1] else { return nil }
    return "the cosine schedule has another end than before: the learning rate of step \(step) is "
      + "\(rates[1]), it would have been \(rates[0]); schedule.total_steps sets the end"
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
