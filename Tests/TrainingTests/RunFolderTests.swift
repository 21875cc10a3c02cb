import Communication
import Files
import Foundation
import Logging
import Settings
import Synchronization
import TestSupport
import Testing
import Training

/// Run folders on disks that fail for a while, are nearly full, or keep a lock too long.
struct RunFolderTests {
  private let folder: TestFolder
  private let lines = CollectedLines()

  init() throws { folder = try TestFolder() }

  /// Trains a small model with a window of 5 time steps; `more` is further sections.
  @discardableResult
  private func train(
    _ more: String, resume: Bool = false, in surroundings: RunSurroundings = RunSurroundings()
  ) throws -> TrainingSummary {
    let yaml = try descent(folder, rate: 0.1, more: more)
    let lines = self.lines
    let trainer = try Trainer(
      Configuration(yaml: yaml.replacingOccurrences(of: "k1: 35", with: "k1: 5")),
      resources: RankResources(communicator: SoloCommunicator(), workers: 1),
      output: folder("run"), resume: resume, initializeFrom: nil, trace: nil, displays: [],
      logger: Logger(label: "test") { _ in CollectingHandler(lines: lines) },
      surroundings: surroundings)
    return try trainer.run()
  }

  private func surroundings(_ probe: @escaping FileSystem.Probe) -> RunSurroundings {
    var surroundings = RunSurroundings()
    surroundings.system = FileSystem(probe: probe)
    return surroundings
  }

  private func told(_ words: String) -> Int { lines.all.count(where: { $0.contains(words) }) }

  // MARK: Metrics

  private struct Line: Decodable { let step: Int }

  private func recordedSteps() throws -> [Int] {
    try folder.text("run/metrics.jsonl").split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8)).step
    }
  }

  /// A disk that takes no metrics at some attempts, counted from 1.
  private func refusing(_ attempts: ClosedRange<Int>) -> RunSurroundings {
    let made = Attempts()
    return surroundings { operation in
      guard case .write(let path) = operation, path.hasSuffix("metrics.jsonl") else { return nil }
      return attempts.contains(made.count.add(1, ordering: .relaxed).newValue) ? ENOSPC : nil
    }
  }

  private final class Attempts: Sendable { let count = Atomic(0) }

  private static let quiet = "checkpoint: {every: 1000, best: false}"

  @Test func linesWaitForTheDisk() throws {
    try train("\(Self.quiet)\ntraining: {steps: 8}", in: refusing(3...5))
    #expect(try recordedSteps() == Array(1...8))
    #expect(told("metrics.jsonl: cannot write: No space left") == 1, "\(lines.all)")
    #expect(told("metrics.jsonl: can be written again") == 1, "\(lines.all)")
  }

  @Test func linesThatAreNeverWrittenFailTheRunAtItsEnd() throws {
    let error = #expect(throws: AgreedFailure.self) {
      try train("\(Self.quiet)\ntraining: {steps: 8}", in: refusing(6...100))
    }
    #expect(error?.message.contains("metrics.jsonl: cannot write") == true)
    #expect(try recordedSteps() == Array(1...5))
    #expect(told("cannot write") == 1, "\(lines.all)")
    #expect(!FileManager.default.fileExists(atPath: folder("run/summary.json")))
  }

  @Test func aRunThatIsToStopDoesNotKeepLines() throws {
    let more = "checkpoint: {every: 1000, best: false, on_failure: stop}\ntraining: {steps: 8}"
    #expect(throws: AgreedFailure.self) { try train(more, in: refusing(3...5)) }
    #expect(try recordedSteps() == [1, 2])
  }

  // MARK: What is said of a checkpoint

  @Test func aBestThatCannotBeMarkedIsSaidToBeThat() throws {
    let noBest = surroundings { operation in
      guard case .link(_, let new) = operation, new.contains("/.best.") else { return nil }
      return EIO
    }
    let error = #expect(throws: AgreedFailure.self) {
      try train("training: {steps: 2, validate_every: 2}", in: noBest)
    }
    let message = error?.message ?? ""
    #expect(message.contains("step 2 is whole, but cannot be kept as the best"), "\(message)")
    #expect(!message.contains("not whole"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder("run/checkpoints"))
    #expect(names == ["step-2"])
  }

  @Test func oldOnesThatCannotBeRemovedAreSaidToBeThat() throws {
    let noRemoval = surroundings { operation in
      guard case .rename(_, let new) = operation, new.contains(".removed-") else { return nil }
      return EACCES
    }
    try train("checkpoint: {every: 1, keep: 1, best: false}\ntraining: {steps: 3}", in: noRemoval)
    #expect(told("no longer kept cannot be removed") > 0, "\(lines.all)")
    #expect(told("not whole") == 0, "\(lines.all)")
  }

  // MARK: Room

  /// The disk takes a file, but not a checkpoint.
  @Test func aNearlyFullDiskIsFoundOutBeforeTraining() throws {
    var surroundings = RunSurroundings()
    surroundings.system.room = { _ in 20_000 }
    try train("training: {steps: 2}", in: surroundings)
    surroundings.system.room = { _ in 1000 }
    let error = #expect(throws: AgreedFailure.self) {
      try train("training: {steps: 4}", resume: true, in: surroundings)
    }
    let message = error?.message ?? ""
    #expect(message.contains("the disk has 1.0 kB free, a checkpoint takes"), "\(message)")
  }

  // MARK: The lock

  /// Another process holds the lock until it has been asked for a third time.
  @Test func whoGoesOnWaitsForTheLock() throws {
    try train("training: {steps: 2}")
    var held = try FileLock.take(folder("run/.lock"), as: "process 7 on h2")
    #expect(held != nil)
    var waited = 0.0
    var surroundings = RunSurroundings()
    surroundings.now = { UInt64(waited * 1e9) }
    surroundings.sleep = { seconds in
      waited += seconds
      if waited >= 3 { held = nil }
    }
    surroundings.lockPatience = "2"
    let error = #expect(throws: AgreedFailure.self) {
      try train("training: {steps: 4}", resume: true, in: surroundings)
    }
    #expect(error?.message.contains("process 7 on h2") == true)
    #expect(waited == 2)

    waited = 0
    surroundings.lockPatience = "120"
    let summary = try train("training: {steps: 4}", resume: true, in: surroundings)
    #expect(summary.steps == 4 && waited == 3)
    #expect(told("waiting for the lock of \(folder("run")), which process 7 on h2 holds") == 2)
  }

  @Test(arguments: [nil, "0"])
  func withoutPatienceNobodyWaits(patience: String?) throws {
    try train("training: {steps: 2}")
    let held = try FileLock.take(folder("run/.lock"), as: "process 7 on h2")
    var surroundings = RunSurroundings()
    surroundings.lockPatience = patience
    surroundings.sleep = { _ in Issue.record("waited") }
    #expect(throws: AgreedFailure.self) {
      try train("training: {steps: 4}", resume: true, in: surroundings)
    }
    withExtendedLifetime(held) {}
  }

  @Test func anotherPatienceHasNoMeaning() throws {
    try train("training: {steps: 2}")
    var surroundings = RunSurroundings()
    surroundings.lockPatience = "-1"
    let error = #expect(throws: AgreedFailure.self) {
      try train("training: {steps: 4}", resume: true, in: surroundings)
    }
    #expect(error?.message.contains("UNFOLD_LOCK_PATIENCE=-1") == true)
  }
}
