import Communication
import Foundation
import Logging
import SequenceData
import Settings
import Synchronization
import TestSupport
import Training

/// Sequences of given lengths, which only a schedule looks at.
final class LengthsCorpus: Corpus {
  let lengths: [Int]
  let isContinuous: Bool

  init(_ lengths: [Int], isContinuous: Bool) {
    self.lengths = lengths
    self.isContinuous = isContinuous
  }

  var source: String { "lengths" }
  var inputKind: InputKind { .symbols(count: 2) }
  var targetKind: TargetKind { .classes(count: 2) }
  var sequenceCount: Int { lengths.count }
  var score: Score { Score(name: "accuracy", measure: .accuracy) }

  func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int { lengths[sequence] }

  func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int
  ) {
    for offset in 0..<timeSteps.count {
      window.weights[(row + offset) * window.streams + stream] = 1
    }
  }
}

/// Keeps what a run reports.
final class RecordingSink: MetricsSink {
  private(set) var outline: RunOutline?
  private(set) var records: [StepRecord] = []
  private(set) var summary: TrainingSummary?

  func begin(_ outline: RunOutline) { self.outline = outline }

  func record(_ record: StepRecord) { records.append(record) }

  func end(_ summary: TrainingSummary) { self.summary = summary }
}

/// Does something at each step.
final class ActingSink: MetricsSink {
  private let act: (_ step: Int) -> Void

  init(_ act: @escaping (Int) -> Void) { self.act = act }

  func begin(_ outline: RunOutline) {}
  func record(_ record: StepRecord) throws { act(record.step) }
  func end(_ summary: TrainingSummary) throws {}
}

/// A trained run of one process.
struct Run {
  let trainer: Trainer
  let summary: TrainingSummary
  let records: [StepRecord]
  /// The weights before and after.
  let initial: [Float]
  let final: [Float]

  /// Trains as `yaml` says, into the folder `name`.
  init(
    _ yaml: String, in folder: TestFolder, _ name: String = "run", workers: Int = 1,
    resume: Bool = false
  ) throws {
    let resources = try RankResources(communicator: SoloCommunicator(), workers: workers)
    let sink = RecordingSink()
    trainer = try Trainer(
      Configuration(yaml: yaml), resources: resources, output: folder(name), resume: resume,
      displays: [sink])
    initial = Self.weights(trainer)
    summary = try trainer.run()
    final = Self.weights(trainer)
    records = sink.records
  }

  private static func weights(_ trainer: Trainer) -> [Float] {
    Array(UnsafeBufferPointer(start: trainer.parameters, count: trainer.layout.count))
  }

  /// ‖final − initial‖.
  var distance: Double {
    zip(initial, final).reduce(0) { $0 + pow(Double($1.1) - Double($1.0), 2) }.squareRoot()
  }
}

/// A small text model that sees its whole text in one window an epoch.
func descent(_ folder: TestFolder, rate: Double, more: String = "") throws -> String {
  let text = try folder.write(String(repeating: "abcab cabba", count: 8), to: "text.txt")
  return """
    data: {kind: text, train: \(text), validation_fraction: 0.2, cache: \(folder("cache"))}
    model: {cell: lstm, hidden: 6, embedding: 4}
    batch: {streams: 2}
    bptt: {k1: 35}
    optimizer: {kind: sgd, learning_rate: \(rate)}
    \(more)
    """
}

/// What was logged.
final class CollectedLines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// Logs into them.
struct CollectingHandler: LogHandler {
  let lines: CollectedLines
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { lines.add("\(event.message)") }
}
