import Checkpoints
import Files
import Foundation
import Settings

/// A run's folder: `config.yaml`, `metrics.jsonl`, `checkpoints/`, `summary.json`.
package struct RunFolder {
  /// The folder.
  package let path: String

  /// What checkpoints and metrics are written with.
  let system: FileSystem

  /// Describes the folder, which need not exist yet.
  package init(path: String, system: FileSystem = FileSystem()) {
    self.path = path
    self.system = system
  }

  var configuration: String { "\(path)/config.yaml" }
  /// The file of a line a step.
  package var metrics: String { "\(path)/metrics.jsonl" }
  var summary: String { "\(path)/summary.json" }
  var forecast: String { "\(path)/forecast.csv" }
  /// The folder of what TensorBoard shows.
  var events: String { "\(path)/tensorboard" }
  var checkpoints: CheckpointStore {
    CheckpointStore(directory: "\(path)/checkpoints", system: system)
  }

  private static let lockName = ".lock"

  /// Whether there is nothing in it, or no folder at all.
  var isEmpty: Bool {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return entries.allSatisfy { $0 == Self.lockName }
  }

  var hasConfiguration: Bool { FileManager.default.fileExists(atPath: configuration) }

  var hasMetrics: Bool { FileManager.default.fileExists(atPath: metrics) }

  /// Whether it holds what a run has made.
  var holdsWork: Bool { hasMetrics || !checkpoints.isEmpty }

  /// Whether a run has begun here, and left something to look at.
  var isOfRun: Bool { hasConfiguration && holdsWork }

  /// Makes the folder and those above it.
  ///
  /// - Throws: `FileError` with the system's reason.
  func create() throws(FileError) {
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if parent != path, !FileManager.default.fileExists(atPath: parent) {
      try RunFolder(path: parent).create()
    }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw FileError(path: path, cannot: "make the output folder", code: errno)
    }
  }

  /// Keeps other runs out of the folder, which must exist, as long as the lock lives; a process that
  /// has ended holds none. nil where the file system has no locks.
  ///
  /// - Throws: `TrainingError.outputInUse`, `FileError`.
  func lock() throws -> FileLock? {
    let holder = "process \(getpid()) on \(ProcessInfo.processInfo.hostName)"
    do {
      return try FileLock.take("\(path)/\(Self.lockName)", as: holder)
    } catch let held as FileLock.Held {
      throw TrainingError.outputInUse(path: path, holder: held.holder)
    }
  }

  /// Whether a run is training into the folder now.
  var isLocked: Bool { FileLock.isHeld("\(path)/\(Self.lockName)") }

  /// Finds out whether the disk has room for a checkpoint beside those that are there: a run of hours must
  /// not find out at its end.
  ///
  /// - Parameter bytes: of one checkpoint.
  /// - Throws: `TrainingError.tooLittleDisk`, and `CheckpointError` if it takes nothing at all.
  func requireRoom(forCheckpointOf bytes: Double) throws {
    try checkpoints.requireRoom()
    guard let free = system.freeBytes(at: path), free < bytes else { return }
    throw TrainingError.tooLittleDisk(path: path, free: free, needed: bytes)
  }

  /// Writes a text file piece by piece, aside, and renames it.
  func write(
    to path: String, _ body: (_ write: (String) throws -> Void) throws -> Void
  ) throws {
    try TextFile.write(to: path, body)
  }

  /// Writes a text file aside and renames it.
  ///
  /// - Throws: `FileError`.
  func write(_ text: String, to path: String) throws(FileError) {
    try TextFile.write(text, to: path)
  }

  /// Drops the metrics of steps after `step`, which a resumed run makes again.
  ///
  /// - Throws: `FileError`.
  package func truncateMetrics(after step: Int) throws(FileError) {
    guard let bytes = FileManager.default.contents(atPath: metrics) else { return }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    let kept = lines.filter { line in StepLine.step(of: line).map { $0 <= step } ?? false }
    guard kept.count < lines.count || bytes.last != UInt8(ascii: "\n") else { return }
    try write(kept.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined(), to: metrics)
  }

  /// Completes the line of a step whose validation was made only when the run went on.
  ///
  /// - Parameters:
  ///   - validation: what was found.
  ///   - step: the step before it. Where it has no line, nothing changes.
  /// - Throws: `FileError`; then the file is untouched.
  package func addToMetrics(
    _ validation: EvaluationResult, ofStep step: Int
  ) throws(FileError) {
    guard let bytes = FileManager.default.contents(atPath: metrics) else { return }
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { line in
      guard var found = JSON.value(StepLine.self, from: line), found.step == step else {
        return String(decoding: line, as: UTF8.self) + "\n"
      }
      found.add(validation)
      return JSON.line(found)
    }
    try write(lines.joined(), to: metrics)
  }
}
