import Checkpoints
import Communication
import Dispatch
import Foundation
import Synchronization

/// A checkpoint that a thread of its own is writing.
package final class BackgroundWrite: Sendable {
  /// A part of the work.
  package struct Part: Sendable {
    /// What is done with a checkpoint, in this order.
    package enum Kind: Sendable {
      /// Its files are written.
      case writing
      /// It is marked as the best.
      case marking
      /// Older ones that are no longer kept are removed.
      case removing
    }

    fileprivate let kind: Kind
    fileprivate let body: @Sendable () throws(CheckpointError) -> Void

    /// - Parameters:
    ///   - kind: what it does.
    ///   - body: does it.
    package init(_ kind: Kind, _ body: @escaping @Sendable () throws(CheckpointError) -> Void) {
      self.kind = kind
      self.body = body
    }
  }

  /// A part that has failed. Those before it are done.
  package struct Failure: Error, CustomStringConvertible, Sendable {
    /// The checkpoint's step.
    package let step: Int
    /// What has failed.
    package let part: Part.Kind
    /// Why.
    package let error: CheckpointError

    package var description: String {
      switch part {
      case .writing:
        "the checkpoint of step \(step) is not whole: \(error)"
      case .marking:
        "the checkpoint of step \(step) is whole, but cannot be kept as the best: \(error)"
      case .removing:
        "the checkpoint of step \(step) is whole, but older ones that are no longer kept cannot be "
          + "removed: \(error)"
      }
    }
  }

  /// The checkpoint's step.
  package let step: Int
  private let failure = Mutex<Failure?>(nil)
  private let isOver = Atomic(false)
  private let end = DispatchSemaphore(value: 0)

  /// How much less of a core it gets than workers do, which would wait for one another if it kept one of
  /// them from its core.
  private static let niceness: Int32 = 10

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - step: the checkpoint's.
  ///   - parts: what it does, one after the other, until one fails.
  package init(step: Int, _ parts: [Part]) {
    self.step = step
    let thread = Thread { [self] in
      // Of this thread alone, on Linux.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
      run(parts)
    }
    thread.name = "unfold.checkpoint"
    thread.start()
  }

  private func run(_ parts: [Part]) {
    for part in parts {
      do throws(CheckpointError) {
        try part.body()
      } catch {
        failure.withLock { $0 = Failure(step: step, part: part.kind, error: error) }
        break
      }
    }
    isOver.store(true, ordering: .releasing)
    end.signal()
  }

  /// Whether it is done, one way or the other. Does not wait.
  package var hasEnded: Bool { isOver.load(ordering: .acquiring) }

  /// Waits for its end, and says what went wrong. As long as the disk moves, the waiting rank gives signs of
  /// life: slow is not stuck.
  ///
  /// - Parameters:
  ///   - progress: how far the disk has come.
  ///   - seconds: between two looks at it.
  ///   - beat: gives a sign of life.
  package func wait(
    watching progress: () -> Int, every seconds: Double = 1, beat: () -> Void = Heartbeat.beat
  ) -> Failure? {
    var last = progress()
    while end.wait(timeout: .now() + seconds) == .timedOut {
      let current = progress()
      if current != last { beat() }
      last = current
    }
    // For whoever asks again.
    end.signal()
    return failure.withLock { $0 }
  }
}
