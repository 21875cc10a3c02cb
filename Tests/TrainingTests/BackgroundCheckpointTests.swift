import Checkpoints
import Communication
import Files
import Foundation
import Logging
import Settings
import TestSupport
import Testing
import Training
import Workers

/// Checkpoints that are written while training goes on, to disks that are slow, full or watched by a
/// clock.
struct BackgroundCheckpointTests {
  private let folder: TestFolder
  private let lines = CollectedLines()

  init() throws { folder = try TestFolder() }

  /// Some steps of a small model with moments.
  private func experiment(_ checkpoint: String, steps: Int) throws -> Configuration {
    let yaml = try descent(folder, rate: 0.1)
      .replacingOccurrences(of: "k1: 35", with: "k1: 5")
      .replacingOccurrences(of: "kind: sgd", with: "kind: adam")
    return try Configuration(
      yaml: yaml + "checkpoint: {\(checkpoint), best: false, keep: 100}\n"
        + "training: {steps: \(steps)}")
  }

  @discardableResult
  private func train(
    _ configuration: Configuration, _ run: String = "run", in surroundings: RunSurroundings,
    _ act: @escaping (_ step: Int) -> Void = { _ in }
  ) throws -> TrainingSummary {
    let lines = self.lines
    let trainer = try Trainer(
      configuration,
      resources: RankResources(communicator: SoloCommunicator(), workers: 2),
      output: folder(run), resume: false, initializeFrom: nil, trace: nil,
      displays: [ActingSink(act)],
      logger: Logger(label: "test") { _ in CollectingHandler(lines: lines) },
      surroundings: surroundings)
    return try trainer.run()
  }

  private func surroundings(_ probe: @escaping FileSystem.Probe) -> RunSurroundings {
    var surroundings = RunSurroundings()
    surroundings.system = FileSystem(probe: probe)
    return surroundings
  }

  private func checkpoints(_ run: String = "run") throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: folder("\(run)/checkpoints")))
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder(path)))
  }

  // MARK: The copy

  /// The disk holds the checkpoint of step 2 back until two more updates have been made.
  @Test func whatIsWrittenIsOfItsOwnStep() throws {
    let later = DispatchSemaphore(value: 0)
    let slow = surroundings { operation in
      guard case .synchronize(let path) = operation, path.contains(".step-2."),
        path.hasSuffix("model.safetensors")
      else { return nil }
      return later.wait(timeout: .now() + 30) == .success ? nil : ETIMEDOUT
    }
    try train(try experiment("every: 2", steps: 4), in: slow) { if $0 == 4 { later.signal() } }
    #expect(lines.all.isEmpty, "\(lines.all)")
    try train(try experiment("every: 2", steps: 2), "short", in: RunSurroundings())
    for file in ["model", "optimizer", "streams"] {
      let paths = ["run", "short"].map { "\($0)/checkpoints/step-2/\(file).safetensors" }
      #expect(try bytes(paths[0]) == bytes(paths[1]), "\(file)")
    }
    let progress = try JSONDecoder().decode(
      TrainingProgress.self, from: bytes("run/checkpoints/step-2/training.json"))
    #expect(progress.step == 2)
    #expect(try checkpoints() == ["step-2", "step-4"])
  }

  @Test func aLongWaitForTheDiskIsToldOnce() throws {
    let slow = surroundings { operation in
      if case .synchronize(let path) = operation, path.hasSuffix("model.safetensors"),
        path.contains(".step-2.") || path.contains(".step-3.")
      {
        usleep(1_200_000)
      }
      return nil
    }
    try train(try experiment("every: 1", steps: 4), in: slow)
    #expect(lines.all.count == 1, "\(lines.all)")
    #expect(lines.all.first?.contains("the checkpoint of step 2 was on the disk") == true)
    #expect(try checkpoints() == ["step-1", "step-2", "step-3", "step-4"])
  }

  /// Ten movements, each after 50 ms, and then none for as long: whoever waits tells of the first only.
  @Test func whoWaitsForADiskThatMovesGivesSignsOfLife() throws {
    let system = FileSystem()
    let path = folder("made")
    let writing = BackgroundWrite(
      step: 1,
      [
        .init(.writing) { () throws(CheckpointError) in
          for number in 0..<10 {
            usleep(50_000)
            do throws(FileError) {
              try system.createFolders("\(path)-\(number)")
            } catch {
              throw CheckpointError(error)
            }
          }
          usleep(500_000)
        }
      ])
    var beats = 0
    let failure = writing.wait(
      watching: { system.progress.count }, every: 0.02, beat: { beats += 1 })
    #expect(failure == nil)
    #expect((3...10).contains(beats), "\(beats)")
  }

  // MARK: Disks that fail

  /// A disk that has no room for the files of one step.
  private func full(at step: Int) -> RunSurroundings {
    surroundings { operation in
      guard case .write(let path) = operation, path.contains(".step-\(step).") else { return nil }
      return ENOSPC
    }
  }

  @Test func aRunGoesOnWithoutACheckpoint() throws {
    let summary = try train(try experiment("every: 2", steps: 8), in: full(at: 4))
    #expect(summary.steps == 8)
    #expect(try checkpoints() == ["step-2", "step-6", "step-8"])
    #expect(lines.all.count == 1, "\(lines.all)")
    for part in ["checkpoint of step 4", "No space left on device", "training goes on"] {
      #expect(lines.all.first?.contains(part) == true, "\(lines.all)")
    }
  }

  @Test func aRunThatIsToStopStops() throws {
    let configuration = try experiment("every: 2, on_failure: stop", steps: 8)
    let error = #expect(throws: AgreedFailure.self) {
      try train(configuration, in: full(at: 4))
    }
    #expect(error?.message.contains("No space left on device") == true)
    #expect(try checkpoints() == ["step-2"])
  }

  @Test(arguments: ["continue", "stop"])
  func theLastCheckpointMustBeWritten(onFailure: String) throws {
    let configuration = try experiment("every: 2, on_failure: \(onFailure)", steps: 8)
    let error = #expect(throws: AgreedFailure.self) {
      try train(configuration, in: full(at: 8))
    }
    #expect(error?.message.contains("step-8") == true)
    #expect(try checkpoints() == ["step-2", "step-4", "step-6"])
    #expect(!FileManager.default.fileExists(atPath: folder("run/summary.json")))
  }

  @Test func aFullDiskIsFoundOutBeforeTraining() throws {
    let full = surroundings { operation in
      guard case .write = operation else { return nil }
      return ENOSPC
    }
    let configuration = try experiment("every: 2", steps: 8)
    let error = #expect(throws: AgreedFailure.self) {
      try train(configuration, in: full) { Issue.record("step \($0)") }
    }
    #expect(error?.message.contains("run/checkpoints: cannot write: No space left") == true)
  }

  // MARK: The clock

  /// Each step takes 20 s. The clock is looked at before a step: it says 60 s before step 4, whose
  /// checkpoint is made at 80 s, and 140 s before step 8.
  @Test func checkpointsGoByTheClock() throws {
    final class Clock { var seconds: UInt64 = 0 }
    let clock = Clock()
    var surroundings = RunSurroundings()
    surroundings.now = { clock.seconds * 1_000_000_000 }
    let configuration = try experiment("every: 1000, every_minutes: 1", steps: 9)
    try train(configuration, in: surroundings) { _ in clock.seconds += 20 }
    #expect(try checkpoints() == ["step-4", "step-8", "step-9"])
  }

  // MARK: The leaders' hash

  @Test func aFingerprintSeesEveryDifference() {
    let numbers = (0..<200_003).map { Float($0) * 0.5 }
    func fingerprint(workers: Int = 1, _ change: (inout [Float]) -> Void = { _ in }) -> UInt64 {
      var changed = numbers
      change(&changed)
      let pool = WorkerPool(workers: workers)
      return changed.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map {
          WeightsFingerprint.of($0, count: buffer.count, pool: pool)
        } ?? 0
      }
    }
    let original = fingerprint()
    #expect(fingerprint(workers: 3) == original)
    for index in [0, 1, 65_535, 65_536, 200_001, 200_002] {
      #expect(fingerprint { $0[index] = $0[index].nextUp } != original, "\(index)")
      #expect(fingerprint { $0[index] = -$0[index] - 1 } != original, "\(index)")
    }
    #expect(fingerprint { $0.swapAt(8, 16) } != original)
    #expect(fingerprint { $0.swapAt(70_000, 140_000) } != original)
    #expect(fingerprint { $0.removeLast() } != original)
  }
}
