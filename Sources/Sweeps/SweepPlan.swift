import Files

/// What a sweep was begun with, as in `sweep.json`.
package struct SweepPlan: Sendable, Equatable, Codable {
  /// The SHA-256 of the configuration file.
  package let configuration: String
  /// What is changed in all trials, `key=value` each, but for how the work is spread.
  package let overrides: [String]
  /// What varies.
  package let keys: [String]
  /// The values of each trial.
  package let trials: [[String]]

  /// - Parameters:
  ///   - path: the configuration file.
  ///   - overrides: what is changed in all trials.
  ///   - list: the trials.
  /// - Throws: `FileError`.
  package init(configuration path: String, overrides: [String], list: TrialList) throws(FileError) {
    configuration = SHA256.digest(of: try TextFile.bytes(of: path)).hexadecimal
    self.overrides = overrides.filter { !$0.hasPrefix("parallel.") && !$0.hasPrefix("parallel=") }
    keys = list.keys
    trials = list.trials.map(\.values)
  }

  /// The trials, numbered.
  package var numbered: [Trial] {
    trials.enumerated().map { Trial(number: $0 + 1, keys: keys, values: $1) }
  }

  /// Checks that this goes on with an earlier sweep: with the same trials, and perhaps more behind them.
  ///
  /// - Parameters:
  ///   - earlier: what that was begun with.
  ///   - path: its folder.
  /// - Throws: `SweepError.other`.
  package func requireSuccessor(of earlier: SweepPlan, in path: String) throws(SweepError) {
    guard configuration == earlier.configuration else {
      throw .other(path: path, what: "another content of the configuration file")
    }
    guard overrides == earlier.overrides else {
      let before = earlier.overrides.map { "--set \($0)" }.joined(separator: " ")
      throw .other(path: path, what: before.isEmpty ? "no --set" : before)
    }
    guard keys == earlier.keys, trials.starts(with: earlier.trials) else {
      throw .other(
        path: path,
        what: "\(earlier.trials.count) other trials of \(earlier.keys.joined(separator: ", "))")
    }
  }
}
