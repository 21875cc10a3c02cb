import Dispatch

/// Adds the time since the last lap to one of the step's phases, and notes it in a timeline.
struct StepClock {
  private(set) var times = StepTimes()
  private let track: Timeline.Track?
  private var last = DispatchTime.now().uptimeNanoseconds

  /// - Parameter track: where laps are noted.
  init(_ track: Timeline.Track?) { self.track = track }

  /// Ends a lap.
  ///
  /// - Parameters:
  ///   - activity: what was done in it.
  ///   - region: for which of `Network.completedRegions`; -1 for none.
  mutating func lap(_ activity: Activity, region: Int = -1) {
    let now = DispatchTime.now().uptimeNanoseconds
    activity.add(Double(now - last) * 1e-9, to: &times)
    track?.add(activity, region: region, from: last, to: now)
    last = now
  }

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

  /// Adds what of the exchange computing has hidden.
  mutating func hide(_ seconds: Double) { times.hidden += seconds }
}
