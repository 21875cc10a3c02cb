import Dispatch

/// Adds the time since the last lap to one of the step's phases.
struct StepClock {
  private(set) var times = StepTimes()
  private var last = DispatchTime.now().uptimeNanoseconds

  mutating func lap(_ phase: WritableKeyPath<StepTimes, Double>) {
    let now = DispatchTime.now().uptimeNanoseconds
    times[keyPath: phase] += Double(now - last) * 1e-9
    last = now
  }
}
