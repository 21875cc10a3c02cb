import Communication
import Optimization
import Recurrent
import SequenceData
import Settings
import Storage
import Workers

/// What a configuration and its data determine, before any rank allocates shared memory.
struct SessionParts {
  let network: Network
  let form: GradientForm
  let lanes: LanePlan
  /// The longest window.
  let timeSteps: Int
  let optimizer: OptimizerChain
  let schedule: LearningRateSchedule
  let windowCount: Int

  /// - Parameters:
  ///   - configuration: what to train.
  ///   - data: on what.
  ///   - shard: this rank's streams.
  ///   - resources: what this rank computes with.
  ///   - savesCheckpoints: whether rank 0 keeps a copy of weights and moments besides.
  init(
    _ configuration: Configuration, _ data: ExperimentData, shard: RankShard,
    resources: RankResources, savesCheckpoints: Bool
  ) throws {
    if case .windows(let k1, _) = configuration.truncation {
      try data.training.requireWindow(streams: configuration.batch.streams, k1: k1)
    }
    let description = try configuration.checkedNetworkDescription(data.description)
    try Self.requireSamplePrompt(configuration, data.description)
    let moments = try configuration.optimizerChain(parameterCount: 0).momentCount
    func requireMemory(timeSteps: Int) throws {
      let demand = MemoryDemand(
        description, timeSteps: timeSteps, streams: shard.streams.count,
        workers: resources.pool.workers, moments: moments, trains: true,
        gradientCopies: TreeReduction.gradientCopies(
          leaves: shard.leaves, node: resources.communicator.node))
      let copy = CheckpointSnapshot.bytes(
        parameterCount: demand?.parameterCount ?? 0, moments: moments)
      try MemoryCheck(communicator: resources.communicator).require(
        demand, ofRoot: savesCheckpoints ? copy : 0,
        hint: "lower model.hidden, model.embedding, model.layers, batch.streams, bptt or "
          + "parallel.workers, or the number of symbols")
    }
    // A plan, too, grows with the streams.
    try requireMemory(timeSteps: 1)
    let plan = try EpochPlan(
      corpus: data.training, configuration: configuration, epoch: 0, shard: shard.streams)
    let windows = TruncationSchedule(plan: plan, truncation: configuration.truncation)
    let longest = max(
      windows.longestWindow,
      data.validation == nil ? 0 : Evaluation.windowLength(configuration))
    try requireMemory(timeSteps: longest)
    form = GradientForm(
      description, rows: windows.longestWindow * configuration.batch.streams)
    lanes = try LanePlan(
      description, form: form, shard: shard, timeSteps: longest, resources: resources)
    timeSteps = longest
    network = try Network(
      description, shard: shard, lanes: lanes, timeSteps: longest, configuration,
      pool: resources.pool, form: form)
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

extension Network {
  /// The network that a rank uses as a whole: for its streams, or, where workers have lanes, for
  /// validation alone.
  convenience init(
    _ description: NetworkDescription, shard: RankShard, lanes: LanePlan, timeSteps: Int,
    _ configuration: Configuration, pool: WorkerPool, form: GradientForm
  ) throws(RecurrentError) {
    let longest = lanes == .whole ? timeSteps : Evaluation.windowLength(configuration)
    try self.init(
      description,
      capacity: WindowDimensions(timeSteps: longest, streams: shard.streams.count), pool: pool,
      form: form)
  }
}

extension LanePlan {
  /// What pays for this network and rank.
  init(
    _ description: NetworkDescription, form: GradientForm, shard: RankShard, timeSteps: Int,
    resources: RankResources
  ) throws(RecurrentError) {
    let sample = try Network(
      description, capacity: WindowDimensions(timeSteps: 0, streams: 0),
      pool: WorkerPool(workers: 1), form: form)
    self.init(
      gradientCount: sample.gradientCount,
      tapeFloatsPerStream: sample.tapeFloatsPerTimeStep * timeSteps, leaves: shard.leaves.count,
      streams: shard.streams.count, workers: resources.pool.workers)
  }
}

extension EpochPlan {
  /// The plan of a training epoch, counted from 0.
  init(
    corpus: any Corpus, configuration: Configuration, epoch: Int, shard: Range<Int>
  ) throws(SequenceDataError) {
    try self.init(
      corpus: corpus, streams: configuration.batch.streams, epoch: epoch, seed: configuration.seed,
      shuffled: true, shard: shard, mode: configuration.truncation == .full ? .full : .truncated)
  }
}
