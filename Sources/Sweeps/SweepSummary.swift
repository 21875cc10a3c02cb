import Foundation
import Training

/// The outcome of a sweep.
package struct SweepSummary: Sendable {
  /// Its folder.
  package let folder: SweepFolder
  /// All its trials.
  package let trials: [Trial]
  /// Those that have ended, in the order of their numbers.
  package let outcomes: [TrialOutcome]
  /// The signal that ended it; nil if none did.
  package let signal: Int32?

  /// How many trials have ended in a way.
  package func count(_ state: TrialOutcome.State) -> Int { outcomes.count { $0.state == state } }

  /// The outcome in a few lines.
  package var text: String {
    var counts = ["\(count(.done)) done"]
    for state in [TrialOutcome.State.stopped, .failed, .interrupted] where count(state) > 0 {
      counts.append("\(count(state)) \(state.rawValue)")
    }
    let missing = trials.count - outcomes.count
    if missing > 0 { counts.append("\(missing) not begun") }
    var lines = ["\(trials.count) trials: \(counts.joined(separator: ", ")); see \(folder.table)"]
    if let best = Self.ranked(outcomes).first, let value = best.bestValidation {
      lines.append(
        "best validation \(Formatting.significant(value)) of \(trials[best.number - 1].name)")
    }
    return lines.joined(separator: "\n")
  }

  /// The trials that have a validation, the best first; of equals the one with the lower number.
  static func ranked(_ outcomes: [TrialOutcome]) -> [TrialOutcome] {
    outcomes.filter { $0.bestCost != nil }
      .sorted { ($0.bestCost ?? 0, $0.number) < ($1.bestCost ?? 0, $1.number) }
  }
}

extension SweepFolder {
  /// The checkpoints of the best trials: of each its best one, or else its newest.
  ///
  /// - Parameter count: how many.
  /// - Returns: their folders, the best trial first.
  /// - Throws: `SweepError.notASweep`, `SweepError.fewMembers`.
  package func bestCheckpoints(_ count: Int) throws(SweepError) -> [String] {
    let trials = try readPlan().numbered
    let outcomes = endedNumbers.compactMap { outcome(of: $0) }
      .filter { 1...max(1, trials.count) ~= $0.number && $0.state != .failed }
    let ranked = SweepSummary.ranked(outcomes)
    guard ranked.count >= count else {
      throw .fewMembers(path: path, wanted: count, found: ranked.count)
    }
    return ranked.prefix(count).map { outcome in
      let run = path(of: trials[outcome.number - 1])
      let best = "\(run)/checkpoints/best"
      return FileManager.default.fileExists(atPath: best) ? best : run
    }
  }
}
