import Communication
import Files
import Logging
import Settings
import Training

/// Trains many models in one job: ranks in groups, of which each takes the next trial when it is done.
///
/// Every rank makes one and calls `run`. A trial is a run like any other, with the bits of a lone one.
package final class Sweep {
  /// How a sweep is made.
  package struct Options: Sendable {
    /// The ranks that train one trial together; the last group may have fewer.
    package var ranksPerTrial = 1
    /// Whether an earlier sweep in the folder is gone on with.
    package var resume = false
    /// Whether failed trials of that one are made again.
    package var retryFailed = false
    /// Whether trials that fall behind the median of the others are ended.
    package var stopsBehind = false

    /// The usual ones.
    package init() {}
  }

  private let source: ConfigurationSource
  private let list: TrialList
  private let folder: SweepFolder
  private let options: Options
  private let world: RankResources
  private let logger: Logger
  private let corpora = OpenCorpora()

  /// Where each trial's configuration comes from.
  private struct ConfigurationSource {
    let path: String
    let overrides: [String]

    func configuration(of trial: Trial) throws(ConfigurationError) -> Configuration {
      try Configuration(path: path, overrides: overrides + trial.overrides)
    }
  }

  /// Checks what can be checked before any folder is made, and opens the data. Collective.
  ///
  /// - Parameters:
  ///   - configuration: the configuration file.
  ///   - overrides: what is changed in all trials.
  ///   - list: the trials.
  ///   - output: the sweep's folder; `runs/sweep-NAME` if nil.
  ///   - options: how it is made.
  ///   - resources: of all ranks.
  ///   - logger: what is told goes there.
  /// - Throws: `AgreedFailure`, `CommunicationError`.
  package init(
    configuration: String, overrides: [String], list: TrialList, output: String?,
    options: Options, resources: RankResources, logger: Logger
  ) throws {
    let source = ConfigurationSource(path: configuration, overrides: overrides)
    let (ranks, perTrial) = (resources.communicator.size, options.ranksPerTrial)
    let first = try resources.communicator.agree {
      guard perTrial <= ranks else {
        throw SweepError.tooFewRanks(perTrial: perTrial, ranks: ranks)
      }
      return try Self.firstUsable(of: list, source)
    }
    self.source = source
    self.list = list
    self.options = options
    self.logger = logger
    folder = SweepFolder(path: output ?? "runs/sweep-\(first.name)")
    world = resources
    if resources.communicator.isRoot, first.training.monitor == .loss,
      let key = list.keys.first(where: Self.changesLoss)
    {
      logger.warning(
        """
        trials are compared by their loss, which is another one where \(key) varies; name a measure by \
        training.monitor
        """)
    }
    try openData(of: first)
  }

  /// Whether losses are not of one kind, or not in one unit, where a key varies.
  private static func changesLoss(_ key: String) -> Bool {
    ["loss", "data"].contains(key) || key.hasPrefix("loss.") || key == "data.normalize"
  }

  /// The first configuration that makes sense. Where none does, what varies is the fault, or the file.
  private static func firstUsable(
    of list: TrialList, _ source: ConfigurationSource
  ) throws(ConfigurationError) -> Configuration {
    var fault: ConfigurationError?
    for trial in list.trials {
      do throws(ConfigurationError) {
        return try source.configuration(of: trial)
      } catch {
        fault = fault ?? error
      }
    }
    throw fault ?? ConfigurationError(origin: source.path, key: nil, problem: "has no trials")
  }

  private var communicator: any Communicator { world.communicator }

  /// Trains all trials that have not ended, until a signal comes.
  ///
  /// - Parameter signals: one of them that comes to any rank ends all trials after their step.
  /// - Returns: the same on every rank.
  /// - Throws: `AgreedFailure`, `CommunicationError`, `FileError`.
  package func run(until signals: StopSignals) throws -> SweepSummary {
    let lock = try begin()
    defer { withExtendedLifetime(lock) {} }
    let earlier = try earlierOutcomes()
    let decisions = list.trials.map { trial in
      (
        trial: trial,
        decision: TrialDecision(earlier[trial.number], retryFailed: options.retryFailed)
      )
    }
    try communicator.agree {
      if communicator.isRoot { try folder.reopen(decisions) }
    }
    let pending = decisions.filter { $0.decision != .keep }.map(\.trial)
    let kept = earlier.filter { number, _ in
      decisions[number - 1].decision == .keep
    }

    let group = try communicator.split(color: communicator.rank / options.ranksPerTrial)
    let board =
      communicator.isRoot ? SweepBoard(folder, list, earlier: kept, logger: logger) : nil
    let watch = SweepWatch(folder, signals: signals, board: board, takesOthers: group.isRoot)
    var resources = try world.resources(of: group)
    resources.corpora = corpora
    try TrialRunner(
      folder: folder, resources: resources, resume: options.resume,
      stopsBehind: options.stopsBehind, signals: signals, configuration: source.configuration
    ).run(pending)
    group.endGroup()
    // The others may train for long yet.
    let signal = Int32(try communicator.allreduceMaximum(Int64(signals.received ?? 0)))
    watch.stop()
    return try summary(board, signal: signal)
  }

  /// Makes or takes over the folder, and finds out whether all ranks see it.
  private func begin() throws -> FileLock? {
    let lock = try communicator.agree { () throws -> FileLock? in
      guard communicator.isRoot else { return nil }
      let plan = try SweepPlan(
        configuration: source.path, overrides: source.overrides, list: list)
      return try folder.begin(plan, resume: options.resume)
    }
    let word = try communicator.broadcast("\(UInt64.random(in: 0 ... .max))", from: 0)
    try communicator.agree { if communicator.isRoot { try folder.leave(word) } }
    try communicator.agree {
      guard folder.finds(word) else { throw SweepError.notShared(path: folder.path) }
    }
    return lock
  }

  /// How trials have ended before, by their numbers; as rank 0 sees it.
  private func earlierOutcomes() throws -> [Int: TrialOutcome] {
    let own =
      communicator.isRoot
      ? folder.endedNumbers.compactMap { folder.outcome(of: $0) }.filter(isThere) : []
    let text = try communicator.broadcast(JSON.line(own), from: 0)
    let outcomes = JSON.value([TrialOutcome].self, from: text.utf8) ?? []
    return Dictionary(
      outcomes.filter { 1...list.trials.count ~= $0.number }.map { ($0.number, $0) },
      uniquingKeysWith: { $1 })
  }

  /// Whether a trial that has ended still has its checkpoints; one that failed needs none.
  private func isThere(_ outcome: TrialOutcome) -> Bool {
    guard 1...list.trials.count ~= outcome.number else { return false }
    return outcome.state == .failed
      || folder.hasCheckpoints(of: list.trials[outcome.number - 1])
  }

  /// Opens the data of the first trial on all ranks together, so that each node reads and hashes the files
  /// once; trials with the same data find them open.
  private func openData(of configuration: Configuration) throws {
    do {
      try corpora.open(configuration, communicator: communicator)
    } catch let failure as AgreedFailure {
      // Where data vary it is the trial's own failure.
      guard list.keys.contains(where: { $0 == "data" || $0.hasPrefix("data.") }) else {
        throw failure
      }
    }
  }

  private func summary(_ board: SweepBoard?, signal: Int32) throws -> SweepSummary {
    let own = try communicator.agree { try board?.finish() ?? [] }
    let text = try communicator.broadcast(JSON.line(own), from: 0)
    let outcomes = JSON.value([TrialOutcome].self, from: text.utf8) ?? []
    return SweepSummary(
      folder: folder, trials: list.trials, outcomes: outcomes, signal: signal == 0 ? nil : signal)
  }
}
