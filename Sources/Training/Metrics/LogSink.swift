import Dispatch
import Logging

/// A log line at intervals, at each epoch's end and at each validation, for where nobody watches.
package final class LogSink: MetricsSink {
  private let logger: Logger
  private let everySteps: Int?
  private var meter = RunMeter()
  private var logged: UInt64 = 0

  private static let interval: UInt64 = 10_000_000_000  // nanoseconds

  /// - Parameters:
  ///   - everySteps: steps between lines; nil is every ten seconds.
  package init(logger: Logger, everySteps: Int? = nil) {
    self.logger = logger
    self.everySteps = everySteps
  }

  package func begin(_ outline: RunOutline) {
    meter.begin(outline)
    logged = DispatchTime.now().uptimeNanoseconds
    let parameters = Formatting.grouped(Double(outline.parameterCount))
    logger.info(
      "\(outline.name): \(parameters) parameters, \(outline.ranks) × \(outline.workers) (ranks × workers)"
    )
  }

  package func record(_ record: StepRecord) {
    meter.add(record)
    guard isDue(record) || record.epochLoss != nil || record.validation != nil else { return }
    let parts =
      [meter.position(record)] + meter.figures(record) + (record.validation.map { [$0.line] } ?? [])
    logger.info("\(parts.joined(separator: "  "))")
    meter.endLine()
    logged = DispatchTime.now().uptimeNanoseconds
  }

  package func end(_ summary: TrainingSummary) {}

  private func isDue(_ record: StepRecord) -> Bool {
    if let everySteps { return record.step % everySteps == 0 }
    return DispatchTime.now().uptimeNanoseconds - logged >= Self.interval
  }
}
