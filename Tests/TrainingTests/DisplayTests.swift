import Foundation
import Logging
import Synchronization
import Testing
import Training

/// What a run shows while it trains.
struct DisplayTests {
  private func record(
    _ step: Int, loss: Double, tokens: Double, seconds: Double, epochLoss: Double? = nil
  ) -> StepRecord {
    var times = StepTimes()
    times.forward = seconds
    var record = StepRecord(
      step: step, epoch: 1, loss: loss, gradientNorm: 1, learningRate: 1, tokens: tokens,
      times: times)
    record.epochLoss = epochLoss
    return record
  }

  /// The lines that a sink logs.
  private func lines(_ records: [StepRecord], every steps: Int) -> [String] {
    let lines = CollectedLines()
    let sink = LogSink(
      logger: Logger(label: "test") { _ in CollectingHandler(lines: lines) }, everySteps: steps)
    for record in records { sink.record(record) }
    return lines.all
  }

  /// Weighted by counted time steps; the time is that of training.
  @Test func aLineHasTheMeansSinceTheLast() {
    let lines = lines(
      [
        record(1, loss: 1, tokens: 100, seconds: 0.5), record(2, loss: 4, tokens: 200, seconds: 1),
        record(3, loss: 2, tokens: 100, seconds: 0.25),
        record(4, loss: 8, tokens: 100, seconds: 0.25, epochLoss: 3.75),
      ], every: 2)
    #expect(lines.count == 2)
    #expect(lines.first?.contains("loss 3.0000  200 tokens/s") == true, "\(lines)")
    #expect(lines.last?.contains("loss 3.7500  400 tokens/s") == true, "\(lines)")
  }

  @Test(arguments: [0, 1, 2, 10, 40, 45, 60, 64, 80, 200])
  func theBarFitsAnyWidth(columns: Int) {
    let text = "epoch 1/2 step 109  loss 2.0598  38,731 tokens/s"
    for done in [-1, 0, 0.5, 1, 2, Double.nan] where !done.isNaN {
      let line = ProgressBar.line(done: done, text: text, columns: columns)
      #expect(line.count < max(1, columns), "\(line)")
      #expect(columns < 60 || line.hasSuffix(text))
    }
    let half = ProgressBar.line(done: 0.5, text: "x", columns: 80)
    #expect(half.count { $0 == "█" } == 12 && half.count { $0 == "░" } == 12)
  }

  @Test func sizesAreReadable() {
    #expect(Formatting.bytes(12) == "12 bytes")
    #expect(Formatting.bytes(1500) == "1.5 kB")
    #expect(Formatting.bytes(274.9e9) == "274.9 GB")
    #expect(Formatting.bytes(3e24) == "3000000.0 EB")
  }
}
