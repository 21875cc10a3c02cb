import Files
import Logging

/// Appends a line a step to `metrics.jsonl`.
///
/// Where the disk takes none for a while, lines are kept and tried again with each new one, so that an
/// outage leaves no gap. Both ends of it are told.
final class JSONLinesSink: MetricsSink {
  private let folder: RunFolder
  private let keepsLines: Bool
  private let logger: Logger
  private var file: LineFile
  /// What the disk has not taken yet.
  private var due: [String] = []
  /// Lines of this outage for which there was no place any more.
  private var lost = 0

  /// So many lines are kept, of about half a kilobyte each.
  private static let mostDue = 10_000

  /// - Parameters:
  ///   - folder: the run's, which exists.
  ///   - keepsLines: whether a line that cannot be written is tried again rather than ends the run.
  ///   - logger: where outages are told.
  /// - Throws: `FileError`.
  init(_ folder: RunFolder, keepsLines: Bool, logger: Logger) throws(FileError) {
    self.folder = folder
    self.keepsLines = keepsLines
    self.logger = logger
    file = try LineFile(folder.metrics, system: folder.system)
  }

  func begin(_ outline: RunOutline) {}

  func record(_ record: StepRecord) throws {
    let isOutage = !due.isEmpty
    keep(JSON.line(StepLine(record)))
    do throws(FileError) {
      try writeDue()
    } catch {
      guard keepsLines else { throw error }
      if !isOutage {
        logger.warning("\(error); lines are kept until it can be written again, training goes on")
      }
      return
    }
    if isOutage { tellOfEnd() }
  }

  private func keep(_ line: String) {
    guard due.count == Self.mostDue else { return due.append(line) }
    if lost == 0 {
      logger.warning(
        "\(folder.metrics): \(due.count) lines are kept already; those that come now are lost")
    }
    lost += 1
  }

  private func tellOfEnd() {
    let rest = lost > 0 ? "; \(Formatting.grouped(Double(lost))) lines are lost" : ""
    logger.info("\(folder.metrics): can be written again\(rest)")
    lost = 0
  }

  /// Writes what is due, as far as the disk takes it.
  private func writeDue() throws(FileError) {
    var written = 0
    defer { due.removeFirst(written) }
    for line in due {
      try file.append(line)
      written += 1
    }
  }

  /// Completes the line of a step whose validation was made only when the run went on.
  ///
  /// - Throws: `FileError`.
  func add(_ validation: EvaluationResult, ofStep step: Int) throws(FileError) {
    try folder.addToMetrics(validation, ofStep: step)
    // Another file has the name now.
    file = try LineFile(folder.metrics, system: folder.system)
  }

  func end(_ summary: TrainingSummary) throws {
    try writeDue()
    try file.flush()
  }
}
