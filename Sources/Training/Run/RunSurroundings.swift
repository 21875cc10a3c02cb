import Dispatch
import Files
import Foundation

/// What a run takes from its machine, so that tests can give it another: a disk that fails, a clock that
/// they move.
package struct RunSurroundings {
  /// For how many seconds `--resume` waits for the lock of the run's folder. A process may hold it that is
  /// no more: on NFS until the server has forgotten its host. Whoever starts a run again sets this.
  package static let lockPatienceName = "UNFOLD_LOCK_PATIENCE"

  /// What checkpoints and metrics are written with.
  package var system = FileSystem()
  /// Nanoseconds of a clock that nobody sets.
  package var now: () -> UInt64 = { DispatchTime.now().uptimeNanoseconds }
  /// Sleeps so many seconds.
  package var sleep: (_ seconds: Double) -> Void = { Thread.sleep(forTimeInterval: $0) }
  /// What the environment says for `lockPatienceName`.
  package var lockPatience = ProcessInfo.processInfo.environment[lockPatienceName]

  /// Those of the machine.
  package init() {}

  /// The seconds of `lockPatience`; 0 where nothing is said.
  ///
  /// - Throws: `TrainingError.unusablePatience`.
  func secondsForLock() throws(TrainingError) -> Double {
    guard let lockPatience, !lockPatience.isEmpty else { return 0 }
    guard let seconds = Double(lockPatience), (0...1e6).contains(seconds) else {
      throw .unusablePatience(lockPatience)
    }
    return seconds
  }
}
