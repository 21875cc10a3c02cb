import Foundation
import Synchronization

/// The signals by which schedulers and people stop a run, taken as a wish that `Trainer.run(until:)`
/// fulfils after the step that is under way: SIGTERM, SIGINT and SIGUSR1.
///
/// The first one is remembered. The next one that comes later than a moment ends the process at once, as
/// it would have without this: launchers and `timeout` send one wish to a process by two ways.
///
/// A program asks for this by making one, which catches signals from then on for the rest of the
/// process's life; all of them see the same signals. A signal that is ignored, as after nohup, stays
/// so. `Ranks.run` has unblocked the signals where the starting program had blocked them.
public struct StopSignals: Sendable {
  /// The exit code of a run that was interrupted and wants to be queued again: EX_TEMPFAIL of
  /// sysexits.h.
  public static let exitCode: Int32 = 75

  private static let names = [SIGTERM: "SIGTERM", SIGINT: "SIGINT", SIGUSR1: "SIGUSR1"]

  /// Within so many nanoseconds a signal is the same wish.
  private static var moment: UInt64 { 500_000_000 }

  /// The first signal; 0 for none.
  private static let first = Atomic<Int32>(0)
  /// When it came; 0 before.
  private static let time = Atomic<UInt64>(0)

  private typealias Handler = @convention(c) (Int32) -> Void

  /// Catches them from now on.
  public init() {
    // Both exist before a handler, which must not make them, looks at them.
    _ = Self.first.load(ordering: .relaxed)
    _ = Self.time.load(ordering: .relaxed)
    for number in Self.names.keys {
      // Async-signal-safe: atomics, clock_gettime, signal and raise.
      let earlier: Handler? = signal(number) { number in StopSignals.note(number) }
      // The system's SIG_IGN is the number 1 in a pointer's place.
      if unsafeBitCast(earlier, to: Int.self) == 1 { signal(number, SIG_IGN) }
    }
  }

  /// Whether one has come.
  public var haveCome: Bool { received != nil }

  /// The number of the first that came to this process; nil for none.
  public var received: Int32? {
    let number = Self.first.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Takes a signal that came to another process as one that came to this one.
  ///
  /// - Parameter number: the signal's.
  package static func adopt(_ number: Int32) {
    _ = first.compareExchange(
      expected: 0, desired: number, ordering: .sequentiallyConsistent)
  }

  /// A signal's name, such as `SIGTERM`.
  public static func name(of number: Int32) -> String { names[number] ?? "signal \(number)" }

  private static func note(_ number: Int32) {
    var clock = timespec()
    clock_gettime(CLOCK_MONOTONIC, &clock)
    let now = UInt64(clock.tv_sec) &* 1_000_000_000 &+ UInt64(clock.tv_nsec)
    let (isFirst, earlier) = time.compareExchange(
      expected: 0, desired: now, ordering: .sequentiallyConsistent)
    if isFirst {
      first.store(number, ordering: .sequentiallyConsistent)
    } else if now > earlier &+ moment {
      // It is blocked until the handler returns, and then ends the process.
      signal(number, SIG_DFL)
      raise(number)
    }
  }
}
