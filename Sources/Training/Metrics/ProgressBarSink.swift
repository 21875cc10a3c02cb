import Dispatch
import Foundation

/// One line on a terminal that is drawn over and over, and a line that stays for each validation.
public final class ProgressBarSink: MetricsSink {
  private var meter = RunMeter()
  private var drawn: UInt64 = 0
  private let output = FileHandle.standardError

  private static let interval: UInt64 = 100_000_000  // nanoseconds
  private static let barWidth = 24

  /// A bar on standard error.
  public init() {}

  /// Whether standard error is a terminal.
  public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  public func begin(_ outline: RunOutline) { meter.begin(outline) }

  public func record(_ record: StepRecord) {
    meter.add(record)
    if let validation = record.validation {
      write("\r\u{1B}[K\(meter.position(record))  \(validation.line)\n")
    }
    let now = DispatchTime.now().uptimeNanoseconds
    guard now - drawn >= Self.interval || record.fractionDone >= 1 else { return }
    drawn = now
    write("\r\u{1B}[K\(line(record))")
  }

  public func end(_ summary: Summary) { write("\r\u{1B}[K") }

  private func line(_ record: StepRecord) -> String {
    let filled = Int(min(1, record.fractionDone) * Double(Self.barWidth))
    let bar =
      String(repeating: "█", count: filled)
      + String(repeating: "░", count: Self.barWidth - filled)
    return "\(bar) \(meter.position(record))  loss \(Formatting.decimal(record.loss))  "
      + "\(Formatting.grouped(meter.tokensPerSecond)) tokens/s  "
      + "\(Formatting.duration(meter.secondsLeft(record))) left"
  }

  private func write(_ text: String) { output.write(Data(text.utf8)) }
}

extension EvaluationResult {
  /// The result in one line.
  package var line: String {
    var parts = ["validation loss \(Formatting.decimal(loss))"]
    if let perplexity { parts.append("perplexity \(Formatting.decimal(perplexity, 2))") }
    if let bitsPerSymbol { parts.append("bits/symbol \(Formatting.decimal(bitsPerSymbol, 3))") }
    if let accuracy { parts.append("accuracy \(Formatting.decimal(accuracy, 3))") }
    if let rootMeanSquareError {
      parts.append("error in data units \(Formatting.decimal(rootMeanSquareError, 5))")
    }
    if let score { parts.append("score \(Formatting.decimal(score, 4))") }
    return parts.joined(separator: "  ")
  }
}
