import Communication
import Foundation
import TestSupport
import Testing
import Training
import Workers

/// What a checkpoint remembers besides the weights.
struct CheckpointTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private static func decoded<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
  }

  @Test func theModelIsReadBack() throws {
    let run = try Run(descent(folder, rate: 0.1, more: "training: {steps: 3}"), in: folder)
    let model = try TrainedModel(
      path: folder("run"), resources: RankResources(communicator: SoloCommunicator(), workers: 1))
    let weights = UnsafeBufferPointer(start: model.parameters, count: model.layout.count)
    #expect(Array(weights) == run.final)
    #expect(model.step == 3)
    #expect(model.inspection.parameterCount == model.layout.elementCount)
    #expect(model.data.vocabulary?.decode([0, 1, 2, 3]) == " abc")
    #expect(try Self.decoded(model.data) == model.data)
  }

  @Test func theNormalisationIsReadBack() throws {
    let rows = (0..<60).map { "\(sin(Double($0))),\(1e6 + Double($0 * $0))\n" }.joined()
    let data = try folder.write(rows, to: "series.csv")
    _ = try Run(
      """
      data: {kind: series, train: \(data), cache: \(folder("cache"))}
      model: {cell: elman, hidden: 4}
      batch: {streams: 2}
      bptt: {k1: 8}
      training: {steps: 2}
      """, in: folder)
    let model = try TrainedModel(
      path: folder("run"), resources: RankResources(communicator: SoloCommunicator(), workers: 1))
    #expect(model.data.columns?.inputs.count == 2)
    #expect(try Self.decoded(model.data) == model.data)
  }

  @Test func progressIsReadBackToTheLastBit() throws {
    var progress = TrainingProgress()
    progress.step = 12
    progress.epochLoss = 0.1 + 0.2
    progress.epochTokens = 3
    progress.bestValidationLoss = .pi
    progress.seed = .max
    #expect(try Self.decoded(progress) == progress)
    progress.lastValidation = EvaluationResult(loss: 1 / 3, tokens: 7)
    #expect(try Self.decoded(progress) == progress)
  }

  @Test func aRunThatGoesOnIsAsOneThatNeverStopped() throws {
    let yaml = try descent(folder, rate: 0.3).replacingOccurrences(
      of: "k1: 35", with: "k1: 5, k2: 9")
    let whole = try Run(yaml + "training: {steps: 11}", in: folder, "whole")
    let first = try Run(yaml + "training: {steps: 4}", in: folder, "parts")
    let second = try Run(
      yaml + "training: {steps: 11}", in: folder, "parts", workers: 2, resume: true)
    #expect(second.initial == first.final)
    #expect(second.final == whole.final)
    #expect(first.records.map(\.loss) + second.records.map(\.loss) == whole.records.map(\.loss))
    #expect(second.summary.tokens == whole.summary.tokens)
    #expect(second.summary.trainLoss == whole.summary.trainLoss)
  }

  /// A validation that is not due, at the end of a part, must not count for patience or plateau.
  @Test func patienceAndPlateauDoNotSeeWhereARunStopped() throws {
    let yaml = try descent(
      folder, rate: 0.3, more: "schedule: {kind: plateau, patience: 1, threshold: 0.9}\n"
    ).replacingOccurrences(of: "k1: 35", with: "k1: 5")
    func training(_ steps: Int) -> String {
      yaml + "training: {steps: \(steps), validate_every: 4, patience: 100}"
    }
    let whole = try Run(training(22), in: folder, "whole")
    let stops = [3, 6, 9, 13, 22]
    let parts = try stops.map { try Run(training($0), in: folder, "parts", resume: true) }
    let rates = parts.flatMap { $0.records.map(\.learningRate) }
    #expect(Set(rates).count > 1, "the test needs a rate that changes")
    #expect(rates == whole.records.map(\.learningRate))
    #expect(parts.last?.final == whole.final)
  }
}
