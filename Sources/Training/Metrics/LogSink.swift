import Dispatch
import Logging

/// A log line at intervals and at each validation, for where nobody watches.
public final class LogSink: MetricsSink {
  private let logger: Logger
  private let everySteps: Int?
  private var meter = RunMeter()
  private var logged: UInt64 = 0

  private static let interval: UInt64 = 10_000_000_000  // nanoseconds

  /// - Parameters:
  ///   - everySteps: steps between lines; nil is every ten seconds.
  public init(logger: Logger, everySteps: Int? = nil) {
    self.logger = logger
    self.everySteps = everySteps
  }

  public func begin(_ outline: RunOutline) {
    meter.begin(outline)
    logged = DispatchTime.now().uptimeNanoseconds
    let parameters = Formatting.grouped(Double(outline.parameterCount))
    logger.info(
      "\(outline.name): \(parameters) parameters, \(outline.ranks) × \(outline.workers) (ranks × workers)"
    )
  }

  public func record(_ record: StepRecord) {
    meter.add(record)
    let validation = record.validation.map { "  \($0.line)" } ?? ""
    guard isDue(record) || !validation.isEmpty else { return }
    let speed = Formatting.grouped(meter.tokensPerSecond)
    let left = Formatting.duration(meter.secondsLeft(record))
    logger.info(
      "\(meter.position(record))  loss \(Formatting.decimal(record.loss))  \(speed) tokens/s  \(left) left\(validation)"
    )
  }

  public func end(_ summary: Summary) {}

  private func isDue(_ record: StepRecord) -> Bool {
    if let everySteps { return record.step % everySteps == 0 }
    let now = DispatchTime.now().uptimeNanoseconds
    guard now - logged >= Self.interval else { return false }
    logged = now
    return true
  }
}
