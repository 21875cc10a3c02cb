import Communication
import Foundation
import TestSupport
import Testing
import Training

/// The files and lines that report a run.
struct MetricsTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  /// A line as others read it.
  private struct Line: Decodable {
    let loss, gradientNorm, learningRate, tokens: Double
    let milliseconds: [String: Double]

    enum CodingKeys: String, CodingKey {
      case loss, tokens, milliseconds
      case gradientNorm = "gradient_norm"
      case learningRate = "learning_rate"
    }
  }

  /// The metrics of a run of six steps.
  private func lines() throws -> [String] {
    let yaml = try descent(folder, rate: 0.1, more: "training: {steps: 6}")
    _ = try Run(yaml.replacingOccurrences(of: "k1: 35", with: "k1: 5"), in: folder)
    return try folder.text("run/metrics.jsonl").split(separator: "\n").map { "\($0)\n" }
  }

  @Test func aLineHoldsTheRecord() throws {
    let yaml = try descent(folder, rate: 0.1, more: "training: {steps: 1}")
    let record = try Run(yaml, in: folder).records[0]
    let text = try folder.text("run/metrics.jsonl")
    #expect(text.hasSuffix("}\n") && text.dropLast().allSatisfy { !$0.isNewline })
    let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
    #expect(line.loss == record.loss && line.gradientNorm == record.gradientNorm)
    #expect(line.learningRate == 0.1 && line.tokens == record.tokens)
    let total = line.milliseconds.values.reduce(0, +)
    #expect(abs(total - 1000 * record.times.total) < 1e-9)
  }

  /// The hash of a step is that of the weights after its update, as a checkpoint's.
  @Test func everySoManyStepsHaveAHash() throws {
    let more = "training: {steps: 5, hash_every: 2}\ncheckpoint: {every: 4, best: false}"
    let run = try Run(descent(folder, rate: 0.1, more: more), in: folder)
    #expect(run.records.map { $0.parametersHash != nil } == [false, true, false, true, false])
    let model = try TrainedModel(
      path: folder("run/checkpoints/step-4"),
      resources: RankResources(communicator: SoloCommunicator(), workers: 1))
    #expect(run.records[3].parametersHash == model.parameterHash)
    let lines = try folder.text("run/metrics.jsonl").split(separator: "\n")
    let hash = "\"parameters_sha256\":\"\(model.parameterHash)\""
    #expect(lines.map { $0.contains(hash) } == [false, false, false, true, false])
  }

  @Test func withoutTheKeyNothingIsHashed() throws {
    #expect(try lines().allSatisfy { !$0.contains("sha256") })
  }

  @Test(arguments: 0...6)
  func laterStepsAreDropped(step: Int) throws {
    let lines = try lines()
    try RunFolder(path: folder("run")).truncateMetrics(after: step)
    #expect(try folder.text("run/metrics.jsonl") == lines.prefix(step).joined())
  }

  @Test func aHalfWrittenLineIsDropped() throws {
    let lines = try lines()
    for length in [0, 1, lines[4].count / 2, lines[4].count - 2] {
      let text = lines.prefix(4).joined() + lines[4].prefix(length)
      try folder.write(text, to: "run/metrics.jsonl")
      try RunFolder(path: folder("run")).truncateMetrics(after: 6)
      #expect(try folder.text("run/metrics.jsonl") == lines.prefix(4).joined(), "\(length)")
    }
  }

  @Test func nothingIsMadeWhereThereAreNoMetrics() throws {
    try RunFolder(path: folder("absent")).truncateMetrics(after: 1)
    #expect(!FileManager.default.fileExists(atPath: folder("absent")))
  }

  @Test func theSummaryFileIsTheSummary() throws {
    let run = try Run(descent(folder, rate: 0.1, more: "training: {steps: 2}"), in: folder)
    let text = try folder.text("run/summary.json")
    #expect(try JSONDecoder().decode(TrainingSummary.self, from: Data(text.utf8)) == run.summary)
    #expect(run.summary.text.contains("2 steps"))
  }

  @Test func stepTimesAddUp() {
    var times = StepTimes()
    (times.forward, times.backward, times.exchange, times.update, times.wait) = (1, 2, 4, 8, 16)
    #expect(times.total == 31)
  }
}
