import Optimization
import Recurrent
import SequenceData
import Settings
import Storage

/// What a configuration and its data determine, before any rank allocates shared memory.
struct SessionParts {
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
    let streams = configuration.batch.streams
    // The order of a reproducible sum must not depend on the number of ranks.
    let isReproducible = configuration.parallel.reduction == .reproducible
    let rankStreams = isReproducible ? streams : streams / resources.communicator.size
    gradientForm = GradientForm(
      description, rankRows: windows.longestWindow * rankStreams,
      globalRows: windows.longestWindow * streams)
    network = try Network(
      description, capacity: WindowDimensions(timeSteps: longest, streams: shard.count),
      pool: resources.pool, form: gradientForm)
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
