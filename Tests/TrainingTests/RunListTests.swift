import Files
import Foundation
import TestSupport
import Testing
import Training

/// What a list says of runs and sweeps, from what is in their folders.
struct RunListTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func make(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder(name), withIntermediateDirectories: true)
  }

  /// The one run of a folder.
  private func run(_ name: String = "run") throws -> ListedRun {
    let list = try RunList(below: folder(name))
    #expect(list.runs.count == 1 && list.sweeps.isEmpty)
    return try #require(list.runs.first)
  }

  private func train(
    steps: Int, _ name: String = "run", more: String = "", resume: Bool = false
  ) throws -> Run {
    let yaml = try descent(
      folder, rate: 0.1, more: "training: {steps: \(steps), validate_every: 2\(more)}")
    return try Run(
      yaml.replacingOccurrences(of: "k1: 35", with: "k1: 5"), in: folder, name, resume: resume)
  }

  // MARK: Runs

  @Test func aFinishedRun() throws {
    let summary = try train(steps: 6, more: ", epochs: 9").summary
    let run = try run()
    #expect(run.path == folder("run") && run.state == .finished)
    #expect(run.steps == 6 && run.lastStep == 6 && run.lastEpoch == 9 && run.epoch >= 1)
    #expect(run.best?.name == "loss" && run.best?.step == summary.bestStep)
    #expect(run.best?.value == summary.bestValidationLoss)
    #expect((0..<60).contains(run.age))
  }

  @Test func theValidationAtTheEndCounts() throws {
    // Steps 2 and 4 have a line with a validation, that after step 5 stands in the summary alone.
    let summary = try train(steps: 5).summary
    try #require(summary.bestStep == 5, "the test needs a run that gets better")
    let best = try run().best
    #expect(best?.step == 5 && best?.value == summary.validationLoss)
  }

  @Test func aLockedRunIsRunning() throws {
    _ = try train(steps: 2)
    let lock = try FileLock.take(folder("run/.lock"), as: "another")
    #expect(try run().state == .running)
    withExtendedLifetime(lock) {}
  }

  @Test func aRunThatWasKilledIsBrokenOff() throws {
    _ = try train(steps: 4)
    // A file that nobody locks is what a kill leaves.
    try folder.write("process 7 on h2", to: "run/.lock")
    #expect(try run().state == .finished)
    try FileManager.default.removeItem(atPath: folder("run/summary.json"))
    let half = try folder.text("run/metrics.jsonl") + "{\"step\":5,\"ep"
    try folder.write(half, to: "run/metrics.jsonl")
    let run = try run()
    #expect(run.state == .brokenOff && run.steps == 4 && run.best != nil)
  }

  /// The summary of the first session is left.
  @Test func aSecondSessionThatWasKilledIsBrokenOff() throws {
    _ = try train(steps: 2)
    let summary = try folder.text("run/summary.json")
    _ = try train(steps: 4, resume: true)
    try folder.write(summary, to: "run/summary.json")
    #expect(try run().state == .brokenOff)
    #expect(try run().steps == 4)
  }

  @Test func aRunThatIsToGoOnIsNotFinished() throws {
    _ = try train(steps: 2)
    let yaml = try folder.text("run/config.yaml")
    try folder.write(
      yaml.replacingOccurrences(of: "  steps: 2\n", with: "  steps: 9\n"), to: "run/config.yaml")
    let run = try run()
    #expect(run.state == .brokenOff && run.lastStep == 9)
  }

  @Test func whatWasStoppedIsInterrupted() throws {
    _ = try train(steps: 2)
    let summary = try folder.text("run/summary.json")
    let changed = summary.replacing("\"interrupted\" : false", with: "\"interrupted\" : true")
    #expect(changed != summary)
    try folder.write(changed, to: "run/summary.json")
    #expect(try run().state == .interrupted)
  }

  @Test(arguments: [("nse", 3, 0.75), ("rmse", 2, 1), ("loss", 4, 0.1)])
  func theBestIsByWhatIsMonitored(monitor: String, step: Int, value: Double) throws {
    try make("run")
    let figures = [(1, 0.5, 3.0, 0.25), (2, 0.4, 1, 0.5), (3, 0.3, 2, 0.75), (4, 0.1, 4, 0.1)]
    let lines = figures.map { step, loss, rmse, nse in
      "{\"epoch\":1,\"step\":\(step),\"validation\":{\"loss\":\(loss),\"tokens\":4,\"overall\":"
        + "{\"nse\":\(nse),\"rmse\":\(rmse)}},\"validation_loss\":\(loss)}\n"
    }
    try folder.write(lines.joined(), to: "run/metrics.jsonl")
    try folder.write(
      """
      data: {kind: series, train: /a/b.csv}
      training: {epochs: 3, monitor: \(monitor)}
      """, to: "run/config.yaml")
    let run = try run()
    #expect(run.best?.name == monitor && run.best?.step == step && run.best?.value == value)
    #expect(run.state == .brokenOff && run.epoch == 1 && run.lastEpoch == 3)
    #expect(run.lastStep == nil)
  }

  @Test func aRunWhoseFilesCannotBeReadIsListed() throws {
    try make("run")
    try folder.write("unknown: key\n", to: "run/config.yaml")
    try folder.write("", to: "run/metrics.jsonl")
    let run = try run()
    #expect(run.state == .brokenOff && run.steps == 0 && run.best == nil && run.lastStep == nil)
  }

  // MARK: Folders

  @Test func runsAreFoundAtAnyDepth() throws {
    for name in ["b", "a/deep/er", "c/.hidden", "c/data"] { try make("runs/\(name)") }
    for name in ["b", "a/deep/er", "c/.hidden"] {
      try folder.write("seed: 1\n", to: "runs/\(name)/config.yaml")
      try folder.write("", to: "runs/\(name)/metrics.jsonl")
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder("runs/loop"), withDestinationPath: folder("runs"))
    try folder.write("seed: 1\n", to: "runs/c/data/config.yaml")
    let list = try RunList(below: folder("runs"))
    #expect(list.runs.map(\.path) == ["runs/a/deep/er", "runs/b"].map { folder($0) })
    #expect(try RunList(below: folder("runs/c")).isEmpty)
    #expect(throws: TrainingError.self) { try RunList(below: folder("absent")) }
  }

  @Test func aSweepHasOneLine() throws {
    try make("runs/pump/trial-1")
    try folder.write(
      """
      trial,seed,state,steps,best,seconds,folder,reason
      1,1,done,10,0.5,1,trial-1,
      2,2,failed,3,,1,trial-2,"not finite, at step 3"
      3,3,done,10,0.25,1,trial-3,

      """, to: "runs/pump/trials.csv")
    try folder.write("seed: 1\n", to: "runs/pump/trial-1/config.yaml")
    try folder.write("", to: "runs/pump/trial-1/metrics.jsonl")
    let list = try RunList(below: folder("runs"))
    #expect(list.runs.isEmpty && list.sweeps.count == 1)
    #expect(list.sweeps.first?.trials == ["done": 2, "failed": 1])
    let line = try #require(list.text.split(separator: "\n").last)
    #expect(line.contains("sweep: 2 done, 1 failed"))
    // Asked for itself, it shows its trials, too.
    let own = try RunList(below: folder("runs/pump"))
    #expect(own.sweeps.count == 1 && own.runs.map(\.path) == [folder("runs/pump/trial-1")])
  }

  @Test(arguments: [
    (0.0, "0 s"), (59.9, "59 s"), (60, "1 min"), (7199, "1 h"), (86_400, "1 day"),
    (200_000, "2 days"), (Double.infinity, "11574 days"),
  ])
  func agesInWords(seconds: Double, words: String) {
    #expect(Formatting.age(seconds) == words)
  }
}
