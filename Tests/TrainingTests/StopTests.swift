import Communication
import Foundation
import Settings
import TestSupport
import Testing
import Training

/// A run that is stopped where a validation is due, and goes on, is as one that was never stopped.
struct StopTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  /// Trains, and is asked to stop once a step's line is written.
  private func train(
    _ run: String, resume: Bool = false, stopAfter last: Int? = nil
  ) throws -> (summary: TrainingSummary, weights: [Float]) {
    let more = """
      schedule: {kind: plateau, patience: 1, threshold: 0.9}
      checkpoint: {every: 1000}
      training: {steps: 16, validate_every: 3, patience: 100}
      """
    let yaml = try descent(folder, rate: 0.3, more: more)
      .replacingOccurrences(of: "k1: 35", with: "k1: 5")
    var stop: () -> Void = {}
    let trainer = try Trainer(
      Configuration(yaml: yaml),
      resources: RankResources(communicator: SoloCommunicator(), workers: 1), output: folder(run),
      resume: resume, displays: [ActingSink { if $0 == last { stop() } }])
    stop = { [unowned trainer] in trainer.stop() }
    let summary = try trainer.run()
    let weights = UnsafeBufferPointer(start: trainer.parameters, count: trainer.layout.count)
    return (summary, Array(weights))
  }

  /// What of a line does not depend on the clock.
  private struct Line: Decodable, Equatable {
    let step: Int
    let loss, learningRate: Double
    let validationLoss: Double?

    enum CodingKeys: String, CodingKey {
      case step, loss
      case learningRate = "learning_rate"
      case validationLoss = "validation_loss"
    }
  }

  private func lines(_ run: String) throws -> [Line] {
    try folder.text("\(run)/metrics.jsonl").split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }

  private func progress(_ run: String, step: Int) throws -> TrainingProgress {
    let path = folder("\(run)/checkpoints/step-\(step)/training.json")
    var progress = try JSONDecoder().decode(
      TrainingProgress.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    progress.seconds = 0
    return progress
  }

  @Test(arguments: [2, 5, 8])
  func aValidationThatWasGivenUpIsMadeLater(last: Int) throws {
    let whole = try train("whole")
    let stopped = try train("parts", stopAfter: last)
    #expect(stopped.summary.interrupted && stopped.summary.steps == last + 1)
    #expect(try lines("parts").last?.validationLoss == nil)
    #expect(try progress("parts", step: last + 1).owesValidation == true)

    let resumed = try train("parts", resume: true)
    #expect(resumed.weights == whole.weights)
    #expect(try lines("parts") == lines("whole"))
    #expect(try progress("parts", step: 16) == progress("whole", step: 16))
    #expect(resumed.summary.bestStep == whole.summary.bestStep)
  }

  /// What is found at the end is in the last checkpoint, though that is written before, too.
  @Test func theLastValidationIsInTheCheckpoint() throws {
    let whole = try train("whole")
    let progress = try progress("whole", step: 16)
    #expect(progress.lastValidationStep == 16)
    #expect(progress.lastValidation?.loss == whole.summary.validationLoss)
  }
}
