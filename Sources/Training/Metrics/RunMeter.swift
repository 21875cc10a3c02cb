import Dispatch

/// The running figures of progress displays: speed, smoothed over some seconds, and time left.
struct RunMeter {
  private var outline = RunOutline(
    name: "", step: 0, totalSteps: 0, epochs: nil, parameterCount: 0, ranks: 1, workers: 1)
  private var started: UInt64 = 0
  private var last: UInt64 = 0
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
    let weight = tokensPerSecond == 0 ? 1 : 1 - 1 / (1 + seconds / Self.memory)
    tokensPerSecond += weight * (record.tokens / seconds - tokensPerSecond)
  }

  /// The share of the run that is done after `step`.
  func fraction(_ step: Int) -> Double {
    outline.totalSteps > 0 ? min(1, Double(step) / Double(outline.totalSteps)) : 0
  }

  /// Seconds left, at this session's average speed.
  func secondsLeft(_ step: Int) -> Double {
    let done = step - outline.step
    guard done > 0 else { return .infinity }
    let elapsed = Double(last - started) * 1e-9
    return elapsed / Double(done) * Double(max(0, outline.totalSteps - step))
  }

  /// "epoch 2/6 step 120/900".
  func position(_ record: StepRecord) -> String {
    let epochs = outline.epochs.map { "/\($0)" } ?? ""
    return "epoch \(record.epoch)\(epochs) step \(record.step)/\(outline.totalSteps)"
  }
}
