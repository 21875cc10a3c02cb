import Checkpoints
import Communication
import Dispatch
import Files
import Foundation
import Logging
import Optimization
import SequenceData
import Settings
import Storage
import Synchronization
import Tracking

/// Trains a network as a configuration says, together with the other ranks.
///
/// Every rank makes one and calls `run`. Errors of one rank in setting up, reading and writing
/// become the same `AgreedFailure` on all ranks.
public final class Trainer {
  /// What the run is told to do.
  public let configuration: Configuration
  let session: TrainingSession
  let folder: RunFolder
  let logger: Logger
  private var schedule: LearningRateSchedule
  private var progress = TrainingProgress()
  private var sinks: [any MetricsSink] = []
  /// The first of them, on rank 0.
  private var metrics: JSONLinesSink?
  /// The second, if there is one.
  private var tensorBoard: TensorBoardSink?
  private let checkpoints: CheckpointRecorder
  private let opening: RunOpening
  /// What decides which validation is the best.
  package let monitored: MonitoredValue
  /// From before the data are opened to the run's end.
  private var watch: Watch?
  private let isStopWanted = Atomic(false)
  private var signals: StopSignals?
  /// Seconds of training since the last update.
  private var unrecordedSeconds = 0.0

  private let trace: TraceFile?

  private var communicator: any Communicator { session.communicator }

  /// Sets a run up: makes or reopens its folder, opens the data, makes or loads the weights.
  ///
  /// - Parameters:
  ///   - configuration: what to train.
  ///   - resources: what this rank computes with.
  ///   - output: the run's folder; `runs/NAME` if nil.
  ///   - resume: whether to go on from the folder's newest complete checkpoint.
  ///   - initializeFrom: a checkpoint or safetensors file whose weights to start from.
  ///   - trace: a timeline of its first steps, if one is wanted.
  ///   - displays: further sinks; used on rank 0.
  ///   - logger: what is told besides goes there.
  /// - Throws: `AgreedFailure`, `CommunicationError`.
  public convenience init(
    _ configuration: Configuration, resources: RankResources, output: String? = nil,
    resume: Bool = false, initializeFrom: String? = nil, trace: TraceOptions? = nil,
    displays: [any MetricsSink] = [], logger: Logger = Logger(label: "unfold")
  ) throws {
    try self.init(
      configuration, resources: resources, output: output, resume: resume,
      initializeFrom: initializeFrom, trace: trace, displays: displays, logger: logger,
      surroundings: RunSurroundings())
  }

  /// The same with another disk or clock than the machine's.
  package init(
    _ configuration: Configuration, resources: RankResources, output: String?, resume: Bool,
    initializeFrom: String?, trace: TraceOptions?, displays: [any MetricsSink], logger: Logger,
    surroundings: RunSurroundings
  ) throws {
    let communicator = resources.communicator
    let folder = RunFolder(
      path: output ?? "runs/\(configuration.name)", system: surroundings.system)
    try communicator.agree {
      try configuration.check()
      guard !resume || initializeFrom == nil else { throw TrainingError.resumedAndInitialized }
    }
    watch = try Watch.keep(over: communicator, timeout: configuration.parallel.timeout)
    opening = RunOpening(
      folder: folder, configuration: configuration, resume: resume, surroundings: surroundings,
      logger: logger)
    let found = try opening.find(communicator)
    let origin: WeightsOrigin =
      if let found { .checkpoint(found) } else {
        initializeFrom.map { .weights(path: $0) } ?? .initial
      }
    let timeline = trace.map { Timeline(steps: $0.steps, workers: resources.workers) }
    let session = try TrainingSession(
      configuration, resources: resources, weights: origin, savesCheckpoints: true,
      timeline: timeline, logger: logger)
    self.session = session
    checkpoints = try CheckpointRecorder(
      session, store: folder.checkpoints, resumed: found?.step, now: surroundings.now,
      logger: logger)
    self.trace = try TraceFile(trace, timeline, session, logger)
    monitored = try communicator.agree {
      let data = session.data.description
      return try MonitoredValue(
        configuration.training.monitor, targets: data.targetKind, score: data.score)
    }
    self.configuration = configuration
    self.folder = folder
    self.logger = logger
    schedule = session.initialSchedule
    if let found { try goOn(from: found) }
    progress.monitor = monitored.name
    progress.seed = configuration.seed
    progress.variant = resources.variant
    progress.ranks = communicator.size
    progress.workers = resources.pool.workers
    progress.leaves = session.tree.leafCount
    try onRoot {
      try opening.start(
        checkpointBytes: Double(session.model.contents.count * MemoryLayout<Float>.stride))
      try folder.truncateMetrics(after: progress.step)
      let metrics = try JSONLinesSink(
        folder, keepsLines: configuration.checkpoint.onFailure == .goOn, logger: logger)
      self.metrics = metrics
      sinks.append(metrics)
      if configuration.training.tensorboard {
        let tensorBoard = TensorBoardSink(
          folder, configuration: configuration, earlierSteps: progress.step, logger: logger)
        self.tensorBoard = tensorBoard
        sinks.append(tensorBoard)
      }
      sinks += displays
    }
  }

  private func goOn(from checkpoint: Checkpoint) throws {
    try communicator.agree {
      progress = try checkpoint.json(CheckpointFile.progress)
      try TrainingCheckpoint.readState(
        from: checkpoint, streams: configuration.batch.streams, shard: session.shard.streams,
        into: session.step.state)
    }
    let earlier = progress.monitor ?? MonitoredValue.loss.name
    if progress.watch(monitored), communicator.isRoot {
      logger.warning(
        """
        training.monitor was \(earlier) and is \(monitored.name) now: best, patience and plateau \
        begin anew
        """)
    }
    try goOn(withScheduleOf: checkpoint)
    // Patience may have been changed for the resumed run.
    progress.stoppedEarly = isPatienceUsedUp
    // The earlier session may have been killed before it could mark this checkpoint.
    if progress.bestStep == progress.step, configuration.checkpoint.best {
      try onRoot { try folder.checkpoints.markBest(step: progress.step) }
    }
  }

  /// The schedule and the learning rate may have been changed for the resumed run.
  private func goOn(withScheduleOf checkpoint: Checkpoint) throws {
    let earlier = try communicator.agree {
      try Configuration(
        saved: try checkpoint.text(CheckpointFile.configuration), path: checkpoint.folder)
    }
    if communicator.isRoot, let change = try session.scheduleChange(since: earlier, progress) {
      logger.warning("\(change)")
    }
    if var plateau = progress.plateau, schedule.plateau != nil {
      plateau.rate *= configuration.optimizer.learningRate / earlier.optimizer.learningRate
      schedule.plateau = plateau
    }
    progress.plateau = schedule.plateau
  }

  /// The weights, in the order of `layout`.
  public var parameters: UnsafePointer<Float> { UnsafePointer(session.model.parameters) }

  /// Where each parameter lies.
  public var layout: ParameterLayout { session.model.layout }

  /// The lowest cost of a validation so far, by what `training.monitor` names; nil without any.
  package var bestCost: Double? {
    let costs = [progress.bestCost, progress.lastValidation.map { monitored.cost(of: $0) }]
    return costs.compactMap { $0 }.filter { !$0.isNaN }.min()
  }

  // MARK: The run

  /// Ends `run` after the step, or within the validation, that is under way, with a checkpoint from which
  /// the run can be resumed. On any rank, from any thread, once or more often.
  public func stop() { isStopWanted.store(true, ordering: .relaxed) }

  /// Trains until epochs, steps or patience are used up, or a rank wants to `stop`.
  ///
  /// - Parameter signals: one of them that comes to any rank stops the run, too.
  /// - Returns: the same summary on every rank.
  /// - Throws: `RunFailure.notFinite`, `AgreedFailure`, `CommunicationError`.
  public func run(until signals: StopSignals? = nil) throws -> TrainingSummary {
    self.signals = signals
    // The control goes with this object.
    session.control.wantsStop = { [unowned self] in
      self.isStopWanted.load(ordering: .relaxed) || self.signals?.haveCome == true
    }
    defer { watch = nil }
    for sink in sinks { sink.begin(outline) }
    do {
      try makeUpForValidation()
      while !isFinished {
        let (plan, windows) = try session.windows(ofEpoch: progress.epoch)
        while progress.epoch == plan.epoch, !isFinished { try runWindow(of: windows, plan) }
      }
      return try finish()
    } catch {
      // The process may end with the thread that writes.
      checkpoints.endAfterError()
      throw error
    }
  }

  private var isFinished: Bool {
    session.control.isStopWanted || progress.stoppedEarly
      || progress.step >= configuration.training.steps ?? .max
      || progress.epoch >= configuration.training.epochs ?? .max
  }

  private func runWindow(of windows: TruncationSchedule, _ plan: EpochPlan) throws {
    var record = try step(windows[progress.window], of: plan)
    if let record { progress.add(record) }
    progress.window += 1
    let epochEnded = progress.window == windows.count
    if epochEnded {
      progress.endEpoch(timeSteps: plan.timeSteps)
      session.step.state.reset()
      record?.epochLoss = progress.lastEpochLoss
    }
    record?.fractionDone = fractionDone(windowsInEpoch: windows.count)
    hashParameters(for: &record)
    let updated = record != nil
    var isBest = false
    if isDue(configuration.training.validateEvery, epochEnded, updated) {
      let validation = try validate()
      record?.validation = validation.result
      isBest = validation.isBest
    }
    Heartbeat.enter(.reporting)
    // Before the checkpoint, so that a run killed in between has no step without its line.
    if communicator.isRoot, let record {
      session.control.attempt {
        for sink in sinks { try sink.record(record) }
        if record.validation != nil { try showSample() }
      }
    }
    let isWanted = updated && session.control.isCheckpointWanted
    try save(
      isDue: isDue(configuration.checkpoint.every, epochEnded, updated) || isWanted,
      isBest: isBest)
  }

  private func step(_ span: WindowSpan, of plan: EpochPlan) throws -> StepRecord? {
    checkpoints.notice()
    session.control.wantsCheckpoint = checkpoints.isDueByClock
    let started = DispatchTime.now().uptimeNanoseconds
    var record: StepRecord?
    do {
      record = try session.step.run(
        span, of: plan, step: progress.step + 1,
        learningRate: schedule.rate(step: progress.step + 1, epoch: progress.epoch + 1),
        earlierTimeSteps: progress.earlierTimeSteps)
    } catch RunFailure.notFinite(let step, let loss, let norm, _) {
      throw RunFailure.notFinite(
        step: step, loss: loss, gradientNorm: norm, checkpoint: checkpoints.lastWholeStep())
    }
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) * 1e-9
    progress.seconds += seconds
    unrecordedSeconds += seconds
    record?.seconds = unrecordedSeconds
    if record != nil { unrecordedSeconds = 0 }
    try trace?.writeWhenComplete()
    return record
  }

  /// Gives the record the hash of the weights, if one is due. No rank writes them meanwhile: the next
  /// update waits until this rank, too, has read them for the last time.
  private func hashParameters(for record: inout StepRecord?) {
    guard let every = configuration.training.hashEvery, progress.step % every == 0,
      communicator.isRoot
    else { return }
    record?.parametersHash = ParameterHash.hexadecimal(of: parameters, layout: layout)
  }

  /// How much of the run is done: epochs differ in windows where sequences differ in length.
  private func fractionDone(windowsInEpoch: Int) -> Double {
    let training = configuration.training
    let epochs = Double(progress.epoch) + Double(progress.window) / Double(windowsInEpoch)
    return max(
      training.epochs.map { epochs / Double($0) } ?? 0,
      training.steps.map { Double(progress.step) / Double($0) } ?? 0)
  }

  /// Whether a step that is a multiple of `every`, or an epoch if nil, has just ended.
  private func isDue(_ every: Int?, _ epochEnded: Bool, _ updated: Bool) -> Bool {
    if let every { return updated && progress.step % every == 0 }
    return epochEnded
  }

  /// Rank 0 alone acts; if it fails, all do.
  private func onRoot(_ body: () throws -> Void) throws {
    try communicator.agree { if communicator.isRoot { try body() } }
  }

  // MARK: Validation

  /// Measures the held-out data, and lets plateau, patience and the best so far take note.
  private func validate() throws -> (result: EvaluationResult?, isBest: Bool) {
    let measured = try measure()
    progress.owesValidation = measured == nil && session.data.validation != nil ? true : nil
    guard let result = measured else { return (nil, false) }
    let isBest = progress.add(result, by: monitored)
    schedule.observe(validationLoss: monitored.cost(of: result))
    progress.plateau = schedule.plateau
    progress.stoppedEarly = isPatienceUsedUp
    return (result, isBest)
  }

  /// Makes the validation that was given up when the run was stopped, as if it never had been.
  private func makeUpForValidation() throws {
    guard progress.owesValidation == true else { return }
    let (result, isBest) = try validate()
    guard let result else { return }
    let step = progress.step
    if communicator.isRoot {
      logger.info("step \(step), whose validation was given up as the run stopped:  \(result.line)")
      session.control.attempt {
        try metrics?.add(result, ofStep: step)
        try tensorBoard?.add(result, ofStep: step)
        try showSample()
      }
    }
    try save(isDue: true, isBest: isBest, again: true)
  }

  /// Measures the held-out data at the run's end, where no validation was due. A run that goes on
  /// from here must be as if it had never stopped, so nothing that steers it takes note.
  ///
  /// - Returns: whether the run ends at its best; nil if nothing was measured.
  private func validateAtEnd() throws -> Bool? {
    guard let result = try measure() else { return nil }
    progress.note(result)
    if communicator.isRoot { session.control.attempt { try showSample() } }
    return progress.bestValidation(by: monitored)?.step == progress.step
  }

  /// How well the held-out data are predicted; the training state stays as it is. nil where there are
  /// none, and where a rank wants to stop before the end.
  private func measure() throws -> EvaluationResult? {
    guard let corpus = session.data.validation, !session.control.isStopWanted else { return nil }
    let evaluation = Evaluation(
      networks: [session.step.network], corpus: corpus.cut(streams: session.tree.streams),
      tree: session.tree,
      data: session.data.description, configuration: configuration, communicator: communicator,
      control: session.control)
    do {
      var result = try evaluation.run(weights: [parameters]).result
      if !monitored.isLoss {
        result.monitored = MonitoredFigure(
          name: monitored.name, value: monitored.value(of: result))
      }
      return result
    } catch is RunControl.Stopped {
      return nil
    }
  }

  private var isPatienceUsedUp: Bool {
    progress.validationsWithoutImprovement >= configuration.training.patience ?? .max
  }

  /// Text that the model makes up, if the configuration asks for it.
  private func showSample() throws {
    guard let sample = configuration.training.sample,
      let vocabulary = session.data.description.vocabulary
    else { return }
    let generator = try TextGenerator(
      description: session.step.network.description, vocabulary: vocabulary, weights: parameters,
      pool: session.resources.pool)
    let text = try generator.generate(
      prompt: sample.prompt, length: sample.length, temperature: sample.temperature,
      seed: configuration.seed)
    let space = configuration.data.isOfWords ? " " : ""
    let whole = "\(sample.prompt)\(space)\(text)"
    logger.info("sample:\n\(whole)")
    try tensorBoard?.add(sample: whole, step: progress.step)
  }

  // MARK: Checkpoints

  /// Has this step's checkpoint written if it is due, or if it is the best and the configuration asks
  /// for that; `again` where it has been, and more is known now.
  private func save(isDue: Bool, isBest: Bool, again: Bool = false) throws {
    let isBest = isBest && configuration.checkpoint.best
    guard isDue || isBest else { return }
    Heartbeat.enter(.checkpoint)
    try checkpoints.save(progress, state: session.step.state, isBest: isBest, again: again)
  }

  // MARK: The end

  private func finish() throws -> TrainingSummary {
    if progress.step > 0 {
      // Before a validation within which the time may be up.
      try save(isDue: true, isBest: false)
      if progress.lastValidationStep != progress.step, let isBest = try validateAtEnd() {
        try save(isDue: true, isBest: isBest, again: true)
      }
    }
    try checkpoints.finish()
    try trace?.write()
    var summary = self.summary
    summary.test = try measureTest()
    try onRoot {
      if configuration.writesForecast, !summary.interrupted { try writeForecast() }
      if !summary.interrupted { try showPrediction() }
      for sink in sinks { try sink.end(summary) }
      try folder.write(JSON.pretty(summary), to: folder.summary)
      opening.end()
    }
    return summary
  }

  /// The best checkpoint, or else the last.
  private func trainedModel() throws -> TrainedModel {
    try TrainedModel(
      path: folder.checkpoints.bestPath ?? folder.checkpoints.directory,
      resources: session.resources)
  }

  /// Measures the test data, sequence by sequence as they are, with the best checkpoint or else the last.
  private func measureTest() throws -> EvaluationResult? {
    guard let corpus = session.data.test, !session.control.isStopWanted, progress.step > 0 else {
      return nil
    }
    let model = try communicator.agree { try trainedModel() }
    return try model.measure(
      corpus, streams: min(configuration.batch.streams, corpus.sequenceCount),
      communicator: communicator
    ).result
  }

  private func writeForecast() throws {
    guard let series = session.data.validation as? SeriesCorpus else { return }
    let network = SeriesSimulation.Member(
      description: session.step.network.description, weights: parameters)
    let forecaster = try SeriesForecaster(
      [network], columns: series.columns, loss: configuration.loss,
      pool: session.resources.pool)
    try folder.write(to: folder.forecast) { write in
      try forecaster.oneStepAhead(series, to: write)
    }
  }

  /// Gives TensorBoard a picture of the validation part, if it is of a series, and what the model says of it.
  /// A run does not fail for a picture; without gnuplot there is none.
  private func showPrediction() throws {
    guard let tensorBoard, session.data.validation is SeriesCorpus, progress.step > 0,
      let gnuplot = Gnuplot()
    else { return }
    let picture: PNGPicture?
    let step: Int
    do {
      let model = try trainedModel()
      picture = try model.predictionPicture(
        gnuplot, errorsTo: "\(folder.events)/gnuplot.log")
      step = model.step
    } catch {
      return logger.warning("no picture of the prediction for TensorBoard: \(error)")
    }
    if let picture { try tensorBoard.add(prediction: picture, step: step) }
  }

  private var summary: TrainingSummary {
    let score = session.data.description.score
    let validation = progress.lastValidation
    let best = progress.bestValidation(by: monitored)
    return TrainingSummary(
      name: configuration.name, steps: progress.step, epochs: progress.epoch,
      tokens: progress.tokens, trainLoss: progress.trainingLoss, validationLoss: validation?.loss,
      bestValidationLoss: best?.loss, bestStep: best?.step,
      seconds: progress.seconds,
      tokensPerSecond: progress.seconds > 0 ? progress.tokens / progress.seconds : 0,
      ranks: communicator.size, workers: session.resources.pool.workers,
      variant: session.resources.variant, stoppedEarly: progress.stoppedEarly,
      interrupted: session.control.isStopWanted,
      validation: validation, scoreName: score.threshold == nil ? nil : score.name,
      solved: validation?.score.flatMap { score.isSolved(by: $0) })
  }

  private var outline: RunOutline {
    RunOutline(
      name: configuration.name, epochs: configuration.training.epochs,
      parameterCount: layout.elementCount, ranks: communicator.size,
      workers: session.resources.pool.workers)
  }
}
