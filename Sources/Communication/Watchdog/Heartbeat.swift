import CMessagePassing

/// The signs of life of this process, by which the other ranks tell slow from stuck.
///
/// A beat is a few stores to a cache line of this rank's own. Training beats with each phase of a step;
/// exchanges say by themselves that a rank waits. Any thread may call these functions.
public enum Heartbeat {
  /// What a rank does.
  package enum Phase: UInt64, Sendable, CaseIterable {
    case beginning
    case reading
    case forward
    case backward
    /// Workers that have lanes of their own are in different phases.
    case computing
    case exchange
    case update
    case validation
    case reporting
    case checkpoint

    /// What it does, in words.
    package var words: String {
      switch self {
      case .beginning: "before the first step"
      case .reading: "reading data"
      case .forward: "forward"
      case .backward: "backward"
      case .computing: "forward or backward"
      case .exchange: "summing gradients"
      case .update: "update"
      case .validation: "validation"
      case .reporting: "reporting"
      case .checkpoint: "writing"
      }
    }

    /// How many times the usual patience the others have: much data may be opened at the beginning, a disk
    /// may be slow, and what is lost with a checkpoint that is not finished is dear.
    package var allowance: Double { [.beginning, .checkpoint].contains(self) ? 10 : 1 }
  }

  /// Says that this rank goes on: for what takes longer than `parallel.timeout` between two exchanges,
  /// such as a sink that uploads files.
  public static func beat() { unfold_heartbeat_beat() }

  /// Begins an update.
  package static func begin(step: Int) {
    unfold_heartbeat_begin(UInt64(step), Phase.reading.rawValue)
  }

  /// Goes on with another phase.
  package static func enter(_ phase: Phase) { unfold_heartbeat_enter(phase.rawValue) }

  /// Calls what waits for other ranks.
  @inline(__always)
  static func whileWaiting<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unfold_heartbeat_begin_wait()
    defer { unfold_heartbeat_end_wait() }
    return try body()
  }
}
