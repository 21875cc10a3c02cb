import Files
import Foundation

/// One step as a line of `metrics.jsonl`; times are in milliseconds.
struct StepLine: Codable {
  struct Milliseconds: Codable {
    var forward, backward, exchange, update, wait: Double
  }

  var step: Int
  var epoch: Int
  var loss: Double
  var gradientNorm: Double
  var learningRate: Double
  var tokens: Double
  var tokensPerSecond: Double
  var milliseconds: Milliseconds
  var validationLoss: Double?
  var validation: EvaluationResult?

  enum CodingKeys: String, CodingKey {
    case step, epoch, loss, tokens, milliseconds, validation
    case gradientNorm = "gradient_norm"
    case learningRate = "learning_rate"
    case tokensPerSecond = "tokens_per_second"
    case validationLoss = "validation_loss"
  }

  init(_ record: StepRecord) {
    step = record.step
    epoch = record.epoch
    loss = record.loss
    gradientNorm = record.gradientNorm
    learningRate = record.learningRate
    tokens = record.tokens
    tokensPerSecond = record.tokensPerSecond
    milliseconds = Milliseconds(record.times)
    validationLoss = record.validation?.loss
    validation = record.validation
  }

  /// The step of a line, or nil if it is damaged.
  static func step(of line: Substring) -> Int? {
    JSON.value(StepLine.self, from: line.utf8)?.step
  }
}

extension StepLine.Milliseconds {
  init(_ times: StepTimes) {
    forward = times.forward * 1000
    backward = times.backward * 1000
    exchange = times.exchange * 1000
    update = times.update * 1000
    wait = times.wait * 1000
  }
}

/// Appends a line a step to a file.
final class JSONLinesSink: MetricsSink {
  private let path: String
  private let file: FileHandle

  init(path: String) throws {
    let manager = FileManager.default
    if !manager.fileExists(atPath: path) { _ = manager.createFile(atPath: path, contents: nil) }
    guard let file = FileHandle(forWritingAtPath: path) else {
      throw TrainingError.unwritable(path: path, problem: "cannot be opened for writing")
    }
    self.path = path
    self.file = file
  }

  func begin(_ outline: RunOutline) { file.seekToEndOfFile() }

  func record(_ record: StepRecord) throws {
    do {
      try file.write(contentsOf: Data(JSON.line(StepLine(record)).utf8))
    } catch {
      throw TrainingError.unwritable(path: path, problem: "cannot be written; is the disk full?")
    }
  }

  func end(_ summary: Summary) throws { try file.close() }
}
