import Dispatch

/// Adds the time since the last lap to one of the step's phases.
struct StepClock {
  private(set) var times = StepTimes()
  private var last = DispatchTime.now().uptimeNanoseconds

  /// Adds the time since the last lap to forward and backward, as they shared it elsewhere.
  mutating func lap(_ computing: StepTimes) {
    let now = DispatchTime.now().uptimeNanoseconds
    let seconds = Double(now - last) * 1e-9
    last = now
    let whole = computing.forward + computing.backward
    let forward = whole > 0 ? seconds * computing.forward / whole : 0
    times.forward += forward
    times.backward += seconds - forward
  }

  mutating func lap(_ phase: WritableKeyPath<StepTimes, Double>) {
    let now = DispatchTime.now().uptimeNanoseconds
    times[keyPath: phase] += Double(now - last) * 1e-9
    last = now
  }
}
