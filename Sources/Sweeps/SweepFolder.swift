import Files
import Foundation
import Training

/// A sweep's folder: `sweep.json`, `trials.csv`, a run's folder for each trial, and in `.sweep` what ranks
/// tell one another.
///
/// All ranks see it. Whatever has to go from one group of ranks to another goes through it, for a group that
/// trains has no time for messages.
package struct SweepFolder: Sendable {
  /// The folder.
  package let path: String

  /// Describes the folder, which need not exist yet.
  package init(path: String) { self.path = path }

  /// The table of trials that have ended.
  package var table: String { "\(path)/trials.csv" }
  private var plan: String { "\(path)/sweep.json" }
  private var lock: String { "\(path)/.lock" }
  private var exchange: String { "\(path)/.sweep" }
  private var outcomes: String { "\(exchange)/outcomes" }
  private var turns: String { "\(exchange)/turns" }
  private var signal: String { "\(turns)/signal" }
  /// The validations of each trial, a file each.
  var validations: String { "\(exchange)/validations" }

  /// A trial's folder.
  package func path(of trial: Trial) -> String { "\(path)/\(trial.name)" }

  /// Whether a sweep has written to it.
  package var isOfSweep: Bool { FileManager.default.fileExists(atPath: plan) }

  // MARK: Beginning

  /// Makes the folder, or takes an earlier one over, and keeps other sweeps out of it as long as the lock
  /// lives. On rank 0.
  ///
  /// - Parameters:
  ///   - wanted: what is to be trained.
  ///   - resume: whether an earlier sweep may be gone on with.
  /// - Returns: nil where the file system has no locks.
  /// - Throws: `SweepError`, `FileError`.
  package func begin(_ wanted: SweepPlan, resume: Bool) throws -> FileLock? {
    guard resume || isEmpty else { throw SweepError.notEmpty(path: path) }
    let disk = FileSystem()
    try disk.createFolders(path)
    let holder = "process \(getpid()) on \(ProcessInfo.processInfo.hostName)"
    let held: FileLock?
    do {
      held = try FileLock.take(lock, as: holder)
    } catch let other as FileLock.Held {
      throw SweepError.inUse(path: path, holder: other.holder)
    }
    if !isEmpty { try wanted.requireSuccessor(of: readPlan(), in: path) }
    try TextFile.write(JSON.pretty(wanted), to: plan)
    // Whose turns they were is gone.
    try disk.remove(turns)
    for folder in [turns, outcomes, validations] { try disk.createFolders(folder) }
    return held
  }

  /// Whether there is nothing in it but a lock, or no folder at all.
  private var isEmpty: Bool {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return entries.allSatisfy { $0 == ".lock" }
  }

  /// What the folder's sweep was begun with.
  ///
  /// - Throws: `SweepError.notASweep`.
  func readPlan() throws(SweepError) -> SweepPlan {
    guard let bytes = try? TextFile.bytes(of: plan),
      let found = JSON.value(SweepPlan.self, from: bytes)
    else { throw .notASweep(path: path) }
    return found
  }

  /// Leaves a word for the other ranks to find; on rank 0.
  ///
  /// - Throws: `FileError`.
  func leave(_ word: String) throws(FileError) { try TextFile.write(word, to: "\(turns)/word") }

  /// Whether this rank finds the word.
  func finds(_ word: String) -> Bool {
    (try? TextFile.bytes(of: "\(turns)/word")).map { $0 == Array(word.utf8) } == true
  }

  // MARK: Turns

  /// Takes a trial for the caller's group; false if another group has it.
  ///
  /// - Throws: `FileError`.
  package func take(_ number: Int) throws(FileError) -> Bool {
    let turn = "\(turns)/\(number)"
    // Of several who make it at once, on whatever hosts, one succeeds.
    if mkdir(turn, 0o777) == 0 { return true }
    guard errno == EEXIST else { throw FileError(path: turn, cannot: "create", code: errno) }
    return false
  }

  /// Tells all groups of a signal.
  ///
  /// - Throws: `FileError`.
  func tell(ofSignal number: Int32) throws(FileError) {
    try TextFile.write("\(number)", to: signal)
  }

  /// The signal that a group has told of; nil for none.
  var toldSignal: Int32? {
    guard let bytes = try? TextFile.bytes(of: signal) else { return nil }
    return Int32(String(decoding: bytes, as: UTF8.self))
  }

  // MARK: Outcomes

  /// Keeps how a trial has ended.
  ///
  /// - Throws: `FileError`.
  package func write(_ outcome: TrialOutcome) throws(FileError) {
    try TextFile.write(JSON.line(outcome), to: "\(outcomes)/\(outcome.number).json")
  }

  /// The numbers of the trials that have ended.
  package var endedNumbers: [Int] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: outcomes)) ?? []
    return entries.compactMap { entry in
      entry.hasSuffix(".json") ? Int(entry.dropLast(".json".count)) : nil
    }.sorted()
  }

  /// How a trial has ended; nil if it has not.
  package func outcome(of number: Int) -> TrialOutcome? {
    guard let bytes = try? TextFile.bytes(of: "\(outcomes)/\(number).json") else { return nil }
    return JSON.value(TrialOutcome.self, from: bytes)
  }

  /// Whether a trial has left checkpoints.
  package func hasCheckpoints(of trial: Trial) -> Bool {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: "\(path(of: trial))/checkpoints")
    return (names ?? []).contains { !$0.hasPrefix(".") }
  }

  /// Forgets how trials have ended that are to be trained, and removes all that those have left behind which
  /// are begun anew.
  ///
  /// - Throws: `FileError`.
  package func reopen(_ trials: [(trial: Trial, decision: TrialDecision)]) throws(FileError) {
    let disk = FileSystem()
    for (trial, decision) in trials where decision != .keep {
      var old: [String] = []
      if decision == .redo { old = [path(of: trial), "\(validations)/\(trial.number)"] }
      // Last, so that a kill in between leaves the trial to be begun anew.
      for path in old + ["\(outcomes)/\(trial.number).json"] { try disk.remove(path) }
    }
  }
}
