import Files
import Foundation
import Logging
import Settings
import Tracking

/// Writes what TensorBoard shows of a run into a file of events.
///
/// Where the disk takes none for a while, the events of that while are left out: `metrics.jsonl` has the
/// figures. Both ends of it are told.
final class TensorBoardSink: MetricsSink {
  private let folder: RunFolder
  private let host = ProcessInfo.processInfo.hostName
  /// What each file begins with.
  private let beginning: [Event]
  private let toleratesFailure: Bool
  private let logger: Logger
  /// Made with the first event.
  private var file: EventFile?
  /// Events of this outage.
  private var lost = 0
  /// The last validation that was written.
  private var validation: EvaluationResult?

  /// - Parameters:
  ///   - folder: the run's, which exists.
  ///   - configuration: what the run was told.
  ///   - earlierSteps: the updates that were made before this session.
  ///   - logger: where outages are told.
  init(
    _ folder: RunFolder, configuration: Configuration, earlierSteps: Int, logger: Logger
  ) {
    self.folder = folder
    self.logger = logger
    toleratesFailure = configuration.checkpoint.onFailure == .goOn
    let now = Self.now
    beginning = [
      // An earlier session may have come further than its last checkpoint.
      Event(time: now, step: earlierSteps + 1, .restart),
      Event(
        time: now, .values([.hyperparameters(configuration.hyperparameters, start: now)])),
    ]
  }

  private static var now: Double { Date().timeIntervalSince1970 }

  func begin(_ outline: RunOutline) {}

  func record(_ record: StepRecord) throws {
    var values: [SummaryValue] = [
      .scalar("loss/train", record.loss), .scalar("learning_rate", record.learningRate),
      .scalar("gradient_norm", record.gradientNorm),
      .scalar("tokens_per_second", record.tokensPerSecond),
      .scalar("epoch", Double(record.epoch)),
    ]
    if let epochLoss = record.epochLoss { values.append(.scalar("loss/train_epoch", epochLoss)) }
    if let validation = record.validation {
      self.validation = validation
      values += validation.scalars(of: "validation")
    }
    try write(values, step: record.step)
  }

  /// Adds a validation that was made only when the run went on.
  ///
  /// - Throws: `FileError`, if a failure is to end the run.
  func add(_ validation: EvaluationResult, ofStep step: Int) throws {
    self.validation = validation
    try write(validation.scalars(of: "validation"), step: step)
  }

  /// Adds a text that the model has made up, with all its blanks and lines.
  ///
  /// - Throws: `FileError`, if a failure is to end the run.
  func add(sample: String, step: Int) throws {
    let lines = sample.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    // Indented lines are code in Markdown, whatever they hold.
    try write([.text("sample", lines.map { "    \($0)" }.joined(separator: "\n"))], step: step)
  }

  /// Adds a picture of the validation part and what the model says of it.
  ///
  /// - Throws: `FileError`, if a failure is to end the run.
  func add(prediction picture: PNGPicture, step: Int) throws {
    try write([.picture("prediction/validation", picture)], step: step)
  }

  func end(_ summary: TrainingSummary) throws {
    guard !summary.interrupted else { return }
    var values = summary.test?.scalars(of: "test") ?? []
    // That of the run's end is in no record.
    if let last = summary.validation, last != validation {
      values += last.scalars(of: "validation")
    }
    try write(values + [.end(Self.now)], step: summary.steps)
  }

  private func write(_ values: [SummaryValue], step: Int) throws(FileError) {
    do throws(FileError) {
      if file == nil { file = try begun() }
      try file?.append(Event(time: Self.now, step: step, .values(values)))
    } catch {
      guard toleratesFailure else { throw error }
      if lost == 0 {
        logger.warning(
          """
          \(error); TensorBoard's events are left out until it can be written again, training goes on
          """)
      }
      lost += 1
      return
    }
    guard lost > 0 else { return }
    logger.info(
      """
      \(folder.events): can be written again; \(Formatting.grouped(Double(lost))) events are left out, \
      metrics.jsonl has their figures
      """)
    lost = 0
  }

  private func begun() throws(FileError) -> EventFile {
    try EventFile(
      in: folder.events, time: Self.now, host: host, beginningWith: beginning,
      system: folder.system)
  }
}

extension EvaluationResult {
  /// Its figures as points of curves such as `rmse/validation`; of several targets their mean.
  fileprivate func scalars(of part: String) -> [SummaryValue] {
    var figures: [(name: String, value: Double?)] = [
      ("loss", loss), ("perplexity", perplexity), ("bits_per_symbol", bitsPerSymbol),
      ("accuracy", accuracy), ("score", score),
    ]
    for measure in Measure.allCases {
      figures.append((measure.rawValue, overall?[measure]))
    }
    if let monitored, !figures.contains(where: { $0.name == monitored.name }) {
      figures.append((monitored.name, monitored.value))
    }
    return figures.compactMap { figure in
      figure.value.map { SummaryValue.scalar("\(figure.name)/\(part)", $0) }
    }
  }
}

extension Configuration {
  /// What shapes a run: every key that is used and has a value, but for what is kept on disk and where it
  /// runs.
  fileprivate var hyperparameters: [SummaryValue.Hyperparameter] {
    let others = ["data.cache", "checkpoint.", "parallel."]
    return values.filter { value in !others.contains { value.key.hasPrefix($0) } }.map { value in
      SummaryValue.Hyperparameter(value.key, Self.hyperparameterValue(value.yaml))
    }
  }

  private static func hyperparameterValue(_ yaml: String) -> SummaryValue.Hyperparameter.Value {
    if yaml == "true" || yaml == "false" { return .flag(yaml == "true") }
    if let number = Double(yaml), number.isFinite { return .number(number) }
    return .text(yaml)
  }
}
