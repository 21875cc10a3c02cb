import Dispatch
import Files
import Logging
import Synchronization
import Training

/// What rank 0 shows of a sweep: `trials.csv`, and a bar for all trials on a terminal, or a line as each ends.
final class SweepBoard: Sendable {
  private let folder: SweepFolder
  private let keys: [String]
  private let trials: [Trial]
  private let logger: Logger
  private let isOnTerminal: Bool
  private let started = DispatchTime.now().uptimeNanoseconds
  private let state: Mutex<State>

  private struct State {
    /// By the trials' numbers.
    var outcomes: [Int: TrialOutcome]
    /// Of this session.
    var ended = 0
    var hasToldOfDisk = false
  }

  /// - Parameters:
  ///   - folder: the sweep's.
  ///   - list: its trials.
  ///   - earlier: how trials have ended before this session, by their numbers.
  ///   - logger: where lines go.
  init(
    _ folder: SweepFolder, _ list: TrialList, earlier: [Int: TrialOutcome], logger: Logger
  ) {
    self.folder = folder
    self.logger = logger
    keys = list.keys
    trials = list.trials
    isOnTerminal = Terminal.ofStandardError != nil
    state = Mutex(State(outcomes: earlier))
  }

  /// Takes note of trials that have ended since the last call.
  func update() {
    state.withLock { state in
      let new = folder.endedNumbers
        .filter { 1...trials.count ~= $0 && state.outcomes[$0] == nil }
        .compactMap { folder.outcome(of: $0) }
      for outcome in new {
        state.outcomes[outcome.number] = outcome
        state.ended += 1
        if !isOnTerminal { logger.info("\(line(outcome, state))") }
      }
      if !new.isEmpty { writeTable(&state) }
      if isOnTerminal { draw(state) }
    }
  }

  /// The outcomes of all trials, once all groups have ended; the table has them.
  ///
  /// - Throws: `FileError`.
  func finish() throws -> [TrialOutcome] {
    update()
    if isOnTerminal { StandardStream.error("") }
    let outcomes = state.withLock { $0.outcomes }
    try TextFile.write(table(outcomes), to: folder.table)
    return outcomes.values.sorted { $0.number < $1.number }
  }

  // MARK: The table

  /// The next trial, or the end, tries again; the first failure is told.
  private func writeTable(_ state: inout State) {
    do {
      try TextFile.write(table(state.outcomes), to: folder.table)
    } catch {
      if !state.hasToldOfDisk { logger.warning("\(error); training goes on") }
      state.hasToldOfDisk = true
    }
  }

  private func table(_ outcomes: [Int: TrialOutcome]) -> String {
    let header =
      ["trial"] + keys
      + ["state", "steps", "best_validation", "test", "seconds", "folder", "reason"]
    let rows = trials.compactMap { trial in outcomes[trial.number].map { row(trial, $0) } }
    return ([header] + rows).map(\.csvLine).joined()
  }

  private func row(_ trial: Trial, _ outcome: TrialOutcome) -> [String] {
    let figures = [outcome.bestValidation, outcome.test, outcome.seconds].map { figure in
      figure.map { "\($0)" } ?? ""
    }
    return ["\(trial.number)"] + trial.values
      + [outcome.state.rawValue, outcome.steps.map { "\($0)" } ?? ""] + figures
      + [trial.name, outcome.reason ?? ""]
  }

  // MARK: Progress

  private func line(_ outcome: TrialOutcome, _ state: State) -> String {
    let name = trials[outcome.number - 1].name
    var parts = ["\(state.outcomes.count)/\(trials.count) \(name): \(outcome.state.rawValue)"]
    if let steps = outcome.steps {
      parts.append("\(Formatting.grouped(Double(steps))) steps")
    }
    if let value = outcome.bestValidation {
      parts.append("best validation \(Formatting.significant(value))")
    }
    if let reason = outcome.reason { parts.append(reason) }
    return parts.joined(separator: "  ")
  }

  private func draw(_ state: State) {
    guard let terminal = Terminal.ofStandardError else { return }
    let ended = state.outcomes.count
    var parts = ["\(ended)/\(trials.count) trials"]
    let best = state.outcomes.values.filter { $0.bestCost != nil }
      .min { ($0.bestCost ?? 0, $0.number) < ($1.bestCost ?? 0, $1.number) }
    if let best, let value = best.bestValidation {
      parts.append("best \(Formatting.significant(value)) of trial \(best.number)")
    }
    if state.ended > 0 {
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) * 1e-9
      let left = seconds / Double(state.ended) * Double(trials.count - ended)
      parts.append("\(Formatting.duration(left)) left")
    }
    StandardStream.draw(
      ProgressBar.line(
        done: Double(ended) / Double(trials.count), text: parts.joined(separator: "  "),
        columns: terminal.columns))
  }
}
