import Checkpoints
import Dispatch
import Foundation
import Synchronization

/// A checkpoint that a thread of its own is writing.
final class BackgroundWrite: Sendable {
  /// The checkpoint's step.
  let step: Int
  private let failure = Mutex<CheckpointError?>(nil)
  private let isOver = Atomic(false)
  private let end = DispatchSemaphore(value: 0)

  /// How much less of a core it gets than workers do, which would wait for one another if it kept one of
  /// them from its core.
  private static let niceness: Int32 = 10

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - step: the checkpoint's.
  ///   - body: writes it, on the thread.
  init(step: Int, _ body: @escaping @Sendable () throws(CheckpointError) -> Void) {
    self.step = step
    let thread = Thread { [self] in
      // Of this thread alone, on Linux.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
      run(body)
    }
    thread.name = "unfold.checkpoint"
    thread.start()
  }

  private func run(_ body: () throws(CheckpointError) -> Void) {
    do throws(CheckpointError) {
      try body()
    } catch {
      failure.withLock { $0 = error }
    }
    isOver.store(true, ordering: .releasing)
    end.signal()
  }

  /// Whether it is done, one way or the other. Does not wait.
  var hasEnded: Bool { isOver.load(ordering: .acquiring) }

  /// Waits for its end, and says what went wrong.
  func wait() -> CheckpointError? {
    end.wait()
    // For whoever asks again.
    end.signal()
    return failure.withLock { $0 }
  }
}
