import Checkpoints
import Communication
import Dispatch
import Logging
import Recurrent
import Settings
import Storage

/// Writes a run's checkpoints while training goes on.
///
/// At a step's end rank 0 copies everything into memory, for no longer than which training stands still;
/// a thread of its own writes the copy, flushes and renames it, marks it as the best and removes what is
/// no longer kept, in this order. At most one is being written: who is due to write the next waits for
/// it first, so that a slow disk never lets memory grow. What became of it is noticed by rank 0 at the
/// beginning of a later step, and by the others through `RunControl`.
final class CheckpointRecorder {
  private let session: TrainingSession
  private let store: CheckpointStore
  private let now: () -> UInt64
  private let logger: Logger
  private let settings: Configuration.Checkpoint
  /// The configuration as YAML.
  private let configuration: String
  /// Where rank 0 copies to.
  private let snapshot: CheckpointSnapshot?
  /// Ranks that write a copy of the weights.
  private let leaders: Int

  /// The step of the newest copy or of the checkpoint that was gone on from; the same on every rank.
  private var lastStep: Int?

  // Of rank 0 alone.

  private var pending: BackgroundWrite?
  /// The newest checkpoint that is whole.
  private var lastWritten: Int?
  /// What has gone wrong with the newest one.
  private var failure: BackgroundWrite.Failure?
  /// When the newest copy was made.
  private var copied: UInt64
  private var hasToldOfWait = false

  /// Waiting for the disk for longer than so many seconds is told.
  private static let longWait = 1.0

  /// Allocates what copies are made into. Collective.
  ///
  /// - Parameters:
  ///   - session: what is saved.
  ///   - store: where it is saved.
  ///   - resumed: the step of the checkpoint that is gone on from.
  ///   - now: nanoseconds of a clock that nobody sets.
  ///   - logger: where warnings go.
  /// - Throws: `CommunicationError`.
  init(
    _ session: TrainingSession, store: CheckpointStore, resumed: Int?,
    now: @escaping () -> UInt64, logger: Logger
  ) throws(CommunicationError) {
    self.session = session
    self.store = store
    self.now = now
    self.logger = logger
    settings = session.configuration.checkpoint
    configuration = session.configuration.yaml
    let communicator = session.communicator
    snapshot =
      communicator.isRoot ? CheckpointSnapshot(count: session.model.contents.count) : nil
    var leaders = session.model.isLeader ? 1.0 : 0.0
    try communicator.allreduceSum(&leaders, count: 1)
    self.leaders = Int(leaders)
    lastStep = resumed
    lastWritten = resumed
    copied = now()
  }

  private var communicator: any Communicator { session.communicator }

  // MARK: At a step's beginning

  /// Notices on rank 0 what became of a checkpoint, without waiting for it.
  func notice() {
    if let pending, pending.hasEnded { conclude(pending, end(of: pending)) }
  }

  /// Whether rank 0 finds by its clock that a checkpoint is due.
  var isDueByClock: Bool {
    guard let minutes = settings.everyMinutes, communicator.isRoot else { return false }
    return Double(now()) - Double(copied) >= minutes * 60e9
  }

  // MARK: At a step's end

  /// Copies a step's checkpoint and has it written, unless it has been; every rank takes part.
  ///
  /// - Parameters:
  ///   - progress: how far the run has come.
  ///   - state: of this rank's streams.
  ///   - isBest: whether it is to be kept as the best so far.
  ///   - again: whether the progress has changed since the step's checkpoint was written, if it was.
  /// - Throws: `AgreedFailure` if a rank failed before, or a checkpoint could not be written and this
  ///   ends the run; `RunFailure.parametersDiffer`.
  func save(
    _ progress: TrainingProgress, state: RecurrentState, isBest: Bool, again: Bool = false
  ) throws {
    let step = progress.step
    let isNew = lastStep != step || again
    if isNew || isBest { waitForDisk() }
    // No checkpoint of a step whose line could not be written.
    try session.control.throwFailures()
    guard isNew || isBest else { return }
    let checkpoint = isNew ? try makeCopy(progress, state) : nil
    lastStep = step
    // What could not be written cannot be the best.
    guard communicator.isRoot, checkpoint != nil || lastWritten == step else { return }
    pending = BackgroundWrite(step: step, parts(checkpoint, step: step, isBest: isBest))
  }

  /// What is to be done on the disk.
  private func parts(
    _ checkpoint: TrainingCheckpoint?, step: Int, isBest: Bool
  ) -> [BackgroundWrite.Part] {
    let (store, keep) = (self.store, settings.keep)
    var parts: [BackgroundWrite.Part] = []
    if let checkpoint {
      parts.append(
        .init(.writing) { () throws(CheckpointError) in
          _ = try store.write(step: step) {
            (writer: inout CheckpointWriter) throws(CheckpointError) in
            try checkpoint.write(to: &writer)
          }
        })
    }
    if isBest {
      parts.append(
        .init(.marking) { () throws(CheckpointError) in try store.markBest(step: step) })
    }
    parts.append(
      .init(.removing) { () throws(CheckpointError) in
        try store.retain(keep: keep, upTo: step)
      })
    return parts
  }

  /// The copy, on rank 0.
  private func makeCopy(
    _ progress: TrainingProgress, _ state: RecurrentState
  ) throws -> TrainingCheckpoint? {
    try requireSameParameters(step: progress.step)
    let states = try communicator.gather(UnsafeRawBufferPointer(state.buffer), at: 0)
    guard let states, let snapshot else { return nil }
    // No rank writes weights before this one has read them for the last time, here as in a step.
    snapshot.fill(from: session.model.contents, pool: session.resources.pool)
    copied = now()
    return TrainingCheckpoint(
      snapshot: snapshot, layout: session.model.layout,
      momentNames: session.model.optimizer.momentNames,
      states: GlobalStates(states, like: state), progress: progress,
      data: session.data.description, configuration: configuration)
  }

  /// The leaders of several nodes compare a hash of their weights.
  private func requireSameParameters(step: Int) throws {
    guard leaders > 1 else { return }
    let model = session.model
    var (lowest, highest) = (Int64.max, Int64.min)
    if model.isLeader {
      let hash = WeightsFingerprint.of(
        model.parameters, count: model.layout.count, pool: session.resources.pool)
      lowest = Int64(bitPattern: hash)
      highest = lowest
    }
    lowest = try communicator.allreduceMinimum(lowest)
    highest = try communicator.allreduceMaximum(highest)
    guard lowest == highest else { throw RunFailure.parametersDiffer(step: step) }
  }

  /// Waits on rank 0 until nothing is being written. The first long wait is told.
  private func waitForDisk() {
    guard let pending else { return }
    let started = DispatchTime.now().uptimeNanoseconds
    let failure = end(of: pending)
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) * 1e-9
    if seconds > Self.longWait, !hasToldOfWait {
      hasToldOfWait = true
      logger.warning(
        """
        training has waited \(Formatting.duration(seconds)) until the checkpoint of step \
        \(pending.step) was on the disk, for the next one was due; a larger checkpoint.every or \
        checkpoint.every_minutes makes them rarer
        """)
    }
    conclude(pending, failure)
  }

  /// Waits for the end of what is being written; the only place where this rank waits for a disk.
  private func end(of writing: BackgroundWrite) -> BackgroundWrite.Failure? {
    // A run that fails may come here from any phase.
    Heartbeat.enter(.checkpoint)
    return writing.wait(watching: { store.progress.count })
  }

  /// Takes note on rank 0 of a checkpoint that is done.
  private func conclude(_ writing: BackgroundWrite, _ failure: BackgroundWrite.Failure?) {
    settle(writing, failure)
    guard let failure else { return }
    switch settings.onFailure {
    case .goOn: logger.warning("\(failure); those before it are kept, training goes on")
    case .stop: session.control.attempt { throw failure }
    }
  }

  private func settle(_ writing: BackgroundWrite, _ failure: BackgroundWrite.Failure?) {
    pending = nil
    self.failure = failure
    if failure?.part != .writing { lastWritten = writing.step }
  }

  // MARK: At the run's end

  /// Waits until everything is on the disk. Collective.
  ///
  /// - Throws: `AgreedFailure` if the newest checkpoint could not be written, or kept as the best.
  func finish() throws {
    try communicator.agree {
      if let pending { settle(pending, end(of: pending)) }
      // Also where it was noticed before: nothing that comes later makes up for it.
      guard let failure, failure.step == lastStep else { return }
      guard failure.part == .removing else { throw failure }
      logger.warning("\(failure)")
    }
  }

  /// Waits for what is being written, after an error that ends the run.
  func endAfterError() {
    guard let pending else { return }
    settle(pending, end(of: pending))
    if let failure { logger.warning("\(failure)") }
  }

  /// The newest step whose checkpoint is whole, as far as rank 0 knows. Waits for what is being written.
  func lastWholeStep() -> Int? {
    endAfterError()
    return lastWritten
  }
}
