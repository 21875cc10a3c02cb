import Communication
import Files
import Settings
import Training

/// One group of ranks that trains one trial after the other.
///
/// What goes wrong with a trial is an outcome of it, and the group goes on. What goes wrong beside trials is
/// no `SharedFailure`, so that it ends the whole job: other groups are in the midst of theirs.
struct TrialRunner {
  let folder: SweepFolder
  /// Of the group.
  let resources: RankResources
  /// Whether trials go on from where they were broken off.
  let resume: Bool
  /// Whether trials that fall behind are ended.
  let stopsBehind: Bool
  let signals: StopSignals
  /// Gives a trial's configuration.
  let configuration: (Trial) throws -> Configuration

  private var group: any Communicator { resources.communicator }

  /// Trains those of the trials that no other group takes, until a signal comes. Collective.
  ///
  /// - Throws: `CommunicationError`, `FileError`.
  func run(_ trials: [Trial]) throws {
    var next = 0
    while try !isStopWanted(), let trial = try takeNext(of: trials, from: &next) {
      let outcome = try train(trial)
      // The run is gone, and with it everybody who reads them.
      group.freeSharedArenas()
      if group.isRoot { try folder.write(outcome) }
    }
  }

  /// Whether a signal has come to any rank of the group, or another group has told of one. The others are
  /// told.
  private func isStopWanted() throws -> Bool {
    let told = group.isRoot ? folder.toldSignal : nil
    let signal = try group.allreduceMaximum(Int64(signals.received ?? told ?? 0))
    if signal != 0, told == nil, group.isRoot { try folder.tell(ofSignal: Int32(signal)) }
    return signal != 0
  }

  /// The next trial that no group has; nil if there is none.
  private func takeNext(of trials: [Trial], from next: inout Int) throws -> Trial? {
    if group.isRoot {
      while next < trials.count, try !folder.take(trials[next].number) { next += 1 }
    }
    let index = Int(try group.broadcast(Int64(next), from: 0))
    next = index + 1
    return index < trials.count ? trials[index] : nil
  }

  private func train(_ trial: Trial) throws -> TrialOutcome {
    let log = TrialLog(folder: folder.path(of: trial))
    defer { log.flush() }
    do {
      return try outcome(of: trial, log)
    } catch let error as CommunicationError {
      throw error
    } catch let error where error is any SharedFailure || group.isSolo {
      let reason = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
      log.write("\(reason)\n")
      return TrialOutcome(number: trial.number, state: .failed, reason: reason)
    }
  }

  private func outcome(of trial: Trial, _ log: TrialLog) throws -> TrialOutcome {
    let configuration = try group.agree { try self.configuration(trial) }
    let rule = try group.agree { () throws -> MedianRule? in
      stopsBehind && group.isRoot ? try MedianRule(trial: trial.number, of: folder) : nil
    }
    let lines = LogSink(logger: log.logger, everySteps: configuration.training.logEvery)
    var displays: [any MetricsSink] = [lines]
    if let rule { displays.append(rule) }
    let trainer = try Trainer(
      configuration, resources: resources, output: folder.path(of: trial), resume: resume,
      displays: displays, logger: log.logger)
    rule?.trainer = trainer
    let summary = try trainer.run(until: signals)
    var outcome = TrialOutcome(
      number: trial.number,
      state: !summary.interrupted ? .done : rule?.reason != nil ? .stopped : .interrupted,
      reason: summary.interrupted ? rule?.reason : nil)
    outcome.steps = summary.steps
    outcome.bestCost = trainer.bestCost
    outcome.bestValidation = trainer.bestCost.map { trainer.monitored.value(ofCost: $0) }
    outcome.test = summary.test.flatMap { trainer.monitored.value(of: $0) }
    outcome.seconds = summary.seconds
    return outcome
  }
}
