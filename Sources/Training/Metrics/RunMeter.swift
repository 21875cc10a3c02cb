import Dispatch

/// The running figures of progress displays: speed, smoothed over some seconds, and time left.
struct RunMeter {
  private var outline = RunOutline(
    name: "", epochs: nil, parameterCount: 0, ranks: 1, workers: 1)
  private var started: UInt64 = 0
  private var last: UInt64 = 0
  /// How much of the run was done after this session's first step, to extrapolate from.
  private var startFraction: Double?
  private(set) var tokensPerSecond = 0.0

  /// Seconds over which the speed is averaged.
  private static let memory = 5.0

  mutating func begin(_ outline: RunOutline) {
    self.outline = outline
    started = DispatchTime.now().uptimeNanoseconds
    last = started
  }

  mutating func add(_ record: StepRecord) {
    let now = DispatchTime.now().uptimeNanoseconds
    let seconds = max(Double(now - last) * 1e-9, 1e-9)
    last = now
    if startFraction == nil {
      startFraction = record.fractionDone
      started = now
    }
    let weight = tokensPerSecond == 0 ? 1 : 1 - 1 / (1 + seconds / Self.memory)
    tokensPerSecond += weight * (record.tokens / seconds - tokensPerSecond)
  }

  /// Seconds left, at this session's average speed.
  func secondsLeft(_ record: StepRecord) -> Double {
    guard let startFraction, record.fractionDone > startFraction else { return .infinity }
    let elapsed = Double(last - started) * 1e-9
    return elapsed * (1 - record.fractionDone) / (record.fractionDone - startFraction)
  }

  /// "epoch 2/6 step 120".
  func position(_ record: StepRecord) -> String {
    let epochs = outline.epochs.map { "/\($0)" } ?? ""
    return "epoch \(record.epoch)\(epochs) step \(record.step)"
  }
}
