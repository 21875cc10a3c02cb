import CMessagePassing

/// What one rank's watchdog knows of a rank, its own included.
package struct Sighting: Sendable, Equatable {
  /// The update that it works on; 0 before the first.
  package var step = 0
  /// What it does for it.
  package var phase = Heartbeat.Phase.beginning
  /// Whether it waits for other ranks.
  package var isWaiting = false
  /// The number of its process.
  package var process: Int32 = 0
  /// Whether anything has ever come from it.
  package var isHeard = false
  /// For how many seconds it has not gone on.
  package var silence = 0.0
  /// For how many seconds its process has not run.
  package var stillness = 0.0

  private var beats: UInt64 = 0
  private var ticks: UInt64 = 0

  /// A rank of which nothing has come yet.
  package init() {}

  /// Takes note of what it tells now.
  ///
  /// Seconds are those in which this process has looked, not a difference of clocks: so neither a clock
  /// that jumps nor a job that was stopped as a whole for a night makes anybody late.
  ///
  /// - Parameters:
  ///   - heartbeat: what it tells.
  ///   - seconds: since the last look.
  mutating func update(_ heartbeat: unfold_heartbeat, after seconds: Double) {
    silence = heartbeat.beats == beats ? silence + seconds : 0
    stillness = heartbeat.ticks == ticks ? stillness + seconds : 0
    beats = heartbeat.beats
    ticks = heartbeat.ticks
    step = Int(truncatingIfNeeded: heartbeat.step)
    phase = Heartbeat.Phase(rawValue: heartbeat.phase) ?? .beginning
    isWaiting = heartbeat.waits > 0
    process = Int32(truncatingIfNeeded: heartbeat.process)
    isHeard = ticks > 0
  }

  /// Whether the others wait for it in vain: it works and has not gone on for so long, or its process
  /// has not run.
  ///
  /// - Parameter timeout: the seconds that are too long.
  func isMissing(_ timeout: Double) -> Bool {
    guard isHeard else { return false }
    return stillness >= timeout || !isWaiting && silence >= timeout * phase.allowance
  }

  /// Where it was seen last: `in step 7, backward`.
  var place: String { step == 0 ? phase.words : "in step \(step), \(phase.words)" }
}
