import Communication
import Files
import Foundation
import Logging
import Settings
import Synchronization
import TestSupport
import Testing
import Training

/// What TensorBoard is told of a run: as much as `metrics.jsonl` says, once, whatever comes between.
struct TensorBoardTests {
  private let folder: TestFolder
  private let lines = CollectedLines()

  init() throws { folder = try TestFolder() }

  /// Trains a small text model with windows of 5 time steps.
  @discardableResult
  private func train(
    steps: Int, checkpoint: String = "every: 4", more: String = "", resume: Bool = false,
    system: FileSystem = FileSystem(), _ act: @escaping (_ step: Int) -> Void = { _ in }
  ) throws -> TrainingSummary {
    let yaml = try descent(
      folder, rate: 0.1,
      more: """
        clip: {norm: 0.5}
        training: {steps: \(steps), validate_every: 3, tensorboard: true\(more)}
        checkpoint: {\(checkpoint)}
        """)
    // Other than in `descent` there are lines.
    try folder.write(String(repeating: "abcab\ncabba", count: 8), to: "text.txt")
    let lines = self.lines
    var surroundings = RunSurroundings()
    surroundings.system = system
    let trainer = try Trainer(
      Configuration(yaml: yaml.replacingOccurrences(of: "k1: 35", with: "k1: 5")),
      resources: RankResources(communicator: SoloCommunicator(), workers: 1),
      output: folder("run"), resume: resume, initializeFrom: nil, trace: nil,
      displays: [ActingSink(act)],
      logger: Logger(label: "test") { _ in CollectingHandler(lines: lines) },
      surroundings: surroundings)
    return try trainer.run()
  }

  private func events() throws -> [ReadEvent] {
    try ReadEvent.valid(in: folder("run/tensorboard"))
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder("run/tensorboard")).sorted()
  }

  /// The points of a curve.
  private func points(_ tag: String, _ events: [ReadEvent]) -> [(step: Int, value: Float)] {
    events.flatMap { event in
      event.values.compactMap { value in
        value.tag == tag ? value.scalar.map { (step: event.step, value: $0) } : nil
      }
    }
  }

  private struct Line: Decodable {
    struct Validation: Decodable { let loss, perplexity: Double }

    let step: Int
    let loss, gradientNorm, learningRate: Double
    let validation: Validation?

    enum CodingKeys: String, CodingKey {
      case step, loss, validation
      case gradientNorm = "gradient_norm"
      case learningRate = "learning_rate"
    }
  }

  private func metrics() throws -> [Line] {
    try folder.text("run/metrics.jsonl").split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }

  /// Every curve has the figures of `metrics.jsonl`, each step once.
  private func expectTheMetrics(steps: Int) throws {
    let events = try events()
    let metrics = try metrics()
    #expect(metrics.map(\.step) == Array(1...steps))
    let curves: [(String, (Line) -> Double?)] = [
      ("loss/train", { $0.loss }), ("gradient_norm", { $0.gradientNorm }),
      ("learning_rate", { $0.learningRate }), ("loss/validation", { $0.validation?.loss }),
      ("perplexity/validation", { $0.validation?.perplexity }),
    ]
    for (tag, figure) in curves {
      let points = points(tag, events)
      let known = metrics.filter { figure($0) != nil }
      #expect(points.map(\.step) == known.map(\.step), "\(tag)")
      #expect(points.map(\.value) == known.compactMap { figure($0).map { Float($0) } }, "\(tag)")
    }
  }

  @Test func curvesAreTheMetrics() throws {
    try train(steps: 9)
    try expectTheMetrics(steps: 9)
    let events = try events()
    #expect(points("tokens_per_second", events).allSatisfy { $0.value > 0 })
    #expect(points("epoch", events).map(\.value).first == 1)
    #expect(!points("accuracy/validation", events).isEmpty)
    #expect(events.map(\.time) == events.map(\.time).sorted())
  }

  @Test func nothingIsWrittenUnasked() throws {
    _ = try Run(descent(folder, rate: 0.1, more: "training: {steps: 1}"), in: folder)
    #expect(!FileManager.default.fileExists(atPath: folder("run/tensorboard")))
  }

  /// Settings, by the bytes of which their names and numbers are made.
  @Test func settingsAreHyperparameters() throws {
    try train(steps: 1)
    let values = try events().flatMap(\.values).filter { $0.plugin == "hparams" }
    #expect(values.map(\.tag) == ["_hparams_/session_start_info", "_hparams_/session_end_info"])
    let content = try #require(values.first?.content)
    func holds(_ bytes: [UInt8]) -> Bool {
      (0...content.count - bytes.count).contains {
        Array(content[$0..<$0 + bytes.count]) == bytes
      }
    }
    // Field 1: the name, field 2: a message with field 2, a double of 0.5.
    let half: [UInt8] = [0x12, 9, 0x11, 0, 0, 0, 0, 0, 0, 0xE0, 0x3F]
    #expect(holds([0x0A, 9] + Array("clip.norm".utf8) + half))
    #expect(holds(Array("model.cell".utf8) + [0x12, 6, 0x1A, 4] + Array("lstm".utf8)))
    #expect(!holds(Array("checkpoint".utf8)) && !holds(Array("data.cache".utf8)))
  }

  @Test func samplesAreTexts() throws {
    let sample = ", sample: {prompt: \"ab\\n\\na\", length: 5}"
    try train(steps: 6, more: sample)
    let samples = try events().flatMap { event in
      event.values.filter { $0.tag == "sample" }.map { (event.step, $0) }
    }
    #expect(samples.map(\.0) == [3, 6])
    for (_, value) in samples {
      #expect(value.plugin == "text")
      #expect(value.text?.hasPrefix("    ab\n    \n    a") == true, "\(value.text ?? "")")
    }
  }

  /// The first session ends at step 9, the second goes on from the checkpoint of step 8.
  @Test func aResumedRunMakesEachPointOnce() throws {
    try train(steps: 9)
    try FileManager.default.removeItem(atPath: folder("run/checkpoints/step-9"))
    try train(steps: 12, resume: true)
    #expect(try files().count == 2)
    try expectTheMetrics(steps: 12)
  }

  // MARK: Disks that fail

  /// A disk that takes no events at some attempts, counted from 1.
  private func refusing(_ attempts: ClosedRange<Int>) -> FileSystem {
    let made = Attempts()
    return FileSystem { operation in
      guard case .write(let path) = operation, path.contains("tfevents") else { return nil }
      return attempts.contains(made.count.add(1, ordering: .relaxed).newValue) ? ENOSPC : nil
    }
  }

  private final class Attempts: Sendable { let count = Atomic(0) }

  private func told(_ words: String) -> Int { lines.all.count(where: { $0.contains(words) }) }

  /// The first attempt writes what a file begins with.
  @Test func anOutageLeavesAGap() throws {
    let summary = try train(steps: 9, system: refusing(4...5))
    #expect(summary.steps == 9)
    #expect(points("loss/train", try events()).map(\.step) == [1, 2, 5, 6, 7, 8, 9])
    #expect(told("No space left on device; free some space; TensorBoard's events are") == 1)
    #expect(told("can be written again; 2 events are left out") == 1, "\(lines.all)")
  }

  @Test func aFileThatCannotBeBegunIsTriedAgain() throws {
    try train(steps: 6, system: refusing(1...2))
    #expect(try files().count == 1)
    #expect(points("loss/train", try events()).map(\.step) == [3, 4, 5, 6])
    #expect(try events().flatMap(\.values).contains { $0.plugin == "hparams" })
  }

  @Test func aDiskThatStaysFullDoesNotEndARun() throws {
    #expect(try train(steps: 6, system: refusing(1...1000)).steps == 6)
    #expect(try files().isEmpty && told("TensorBoard's events are left out") == 1)
  }

  @Test func aRunThatIsToStopStops() throws {
    #expect(throws: AgreedFailure.self) {
      try train(steps: 9, checkpoint: "on_failure: stop", system: refusing(4...5))
    }
    #expect(points("loss/train", try events()).map(\.step) == [1, 2])
  }

  // MARK: Pictures

  @Test(.enabled(if: Gnuplot() != nil, "gnuplot is not installed"))
  func aSeriesHasAPicture() throws {
    let rows = (0..<120).map { "\(sin(Double($0) / 5)),\(cos(Double($0) / 5))\n" }
    let data = try folder.write("u,y\n" + rows.joined(), to: "series.csv")
    _ = try Run(
      """
      data: {kind: series, train: \(data), inputs: [u], targets: [y], cache: \(folder("cache"))}
      model: {cell: gru, hidden: 4}
      batch: {streams: 2}
      bptt: {k1: 10}
      training: {epochs: 2, tensorboard: true}
      """, in: folder)
    let events = try events()
    #expect(points("rmse/validation", events).count == 2)
    #expect(points("nse/validation", events).count == 2)
    let pictures = events.flatMap(\.values).compactMap(\.picture)
    #expect(pictures.count == 1 && pictures.first?.width == 960)
    #expect(pictures.first?.height == 330, "one panel for one target")
    #expect(pictures.first?.bytes.starts(with: [0x89] + Array("PNG".utf8)) == true)
    #expect(try files().count == 1, "gnuplot's messages are removed")
  }
}
