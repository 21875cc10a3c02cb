import Dispatch
import Files

/// One line on a terminal that is drawn over and over, and a line that stays for each validation.
package final class ProgressBarSink: MetricsSink {
  private let terminal: Terminal
  private var meter = RunMeter()
  private var drawn: UInt64 = 0

  private static let interval: UInt64 = 100_000_000  // nanoseconds

  /// A bar on the terminal that standard error goes to, by itself or through mpirun; nil if it goes
  /// to none.
  package init?() {
    guard let terminal = Terminal.ofStandardError else { return nil }
    self.terminal = terminal
  }

  package func begin(_ outline: RunOutline) { meter.begin(outline) }

  package func record(_ record: StepRecord) {
    meter.add(record)
    if let validation = record.validation {
      let parts = [meter.position(record)] + meter.figures(record).dropLast() + [validation.line]
      StandardStream.error(parts.joined(separator: "  ") + "\n")
      meter.endLine()
    }
    let now = DispatchTime.now().uptimeNanoseconds
    guard now - drawn >= Self.interval || record.fractionDone >= 1 else { return }
    drawn = now
    let text = ([meter.position(record)] + meter.figures(record)).joined(separator: "  ")
    StandardStream.draw(
      ProgressBar.line(done: record.fractionDone, text: text, columns: terminal.columns))
  }

  package func end(_ summary: TrainingSummary) { StandardStream.error("") }
}

/// The line of a bar and its figures.
package enum ProgressBar {
  private static let widest = 24
  private static let narrowest = 4

  /// The bar before the text, as wide as there is room for; what the terminal has no room for is left
  /// off.
  package static func line(done: Double, text: String, columns: Int) -> String {
    // A line that fills the last column makes some terminals begin another.
    let room = max(0, columns - 1)
    let width = min(widest, room - text.count - 1)
    guard width >= narrowest else { return String(text.prefix(room)) }
    let filled = Int(min(1, max(0, done)) * Double(width))
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
      + " " + text
  }
}
