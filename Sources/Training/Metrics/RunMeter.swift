import Dispatch

/// The figures of progress displays: what happened since the last line, and the time left.
struct RunMeter {
  private var outline = RunOutline(
    name: "", epochs: nil, parameterCount: 0, ranks: 1, workers: 1)
  private var started: UInt64 = 0
  private var last: UInt64 = 0
  /// How much of the run was done after this session's first step, to extrapolate from.
  private var startFraction: Double?
  /// Since the last line.
  private var loss = 0.0
  private var tokens = 0.0
  private var seconds = 0.0

  mutating func begin(_ outline: RunOutline) {
    self.outline = outline
    started = DispatchTime.now().uptimeNanoseconds
    last = started
  }

  mutating func add(_ record: StepRecord) {
    last = DispatchTime.now().uptimeNanoseconds
    if startFraction == nil {
      startFraction = record.fractionDone
      started = last
    }
    loss += record.loss * record.tokens
    tokens += record.tokens
    seconds += record.seconds
  }

  /// A line was written: the next one begins.
  mutating func endLine() { (loss, tokens, seconds) = (0, 0, 0) }

  /// "epoch 2/6 step 120".
  func position(_ record: StepRecord) -> String {
    let epochs = outline.epochs.map { "/\($0)" } ?? ""
    return "epoch \(record.epoch)\(epochs) step \(record.step)"
  }

  /// The mean loss since the last line, or of the epoch at its end; then the tokens per second of
  /// training since the last line, and what is left at this session's pace, validation included.
  func figures(_ record: StepRecord) -> [String] {
    let mean = record.epochLoss ?? (tokens > 0 ? loss / tokens : record.loss)
    return [
      "loss \(Formatting.decimal(mean))",
      "\(Formatting.grouped(tokens / max(seconds, 1e-9))) tokens/s",
      "\(Formatting.duration(secondsLeft(record))) left",
    ]
  }

  private func secondsLeft(_ record: StepRecord) -> Double {
    guard let startFraction, record.fractionDone > startFraction else { return .infinity }
    let elapsed = Double(last - started) * 1e-9
    return elapsed * (1 - record.fractionDone) / (record.fractionDone - startFraction)
  }
}

extension EvaluationResult {
  /// The result of a validation in one line.
  package var line: String { line(of: "validation") }

  /// The result on a part of the data in one line.
  package func line(of part: String) -> String {
    let figures = figures { Formatting.decimal($0, $1) }
    return "\(part) " + figures.map { "\($0) \($1)" }.joined(separator: "  ")
  }
}
