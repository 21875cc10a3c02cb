import Dispatch
import Files

/// What a run takes from its machine, so that tests can give it another: a disk that fails, a clock that
/// they move.
package struct RunSurroundings {
  /// What checkpoints are written with.
  package var system = FileSystem()
  /// Nanoseconds of a clock that nobody sets.
  package var now: () -> UInt64 = { DispatchTime.now().uptimeNanoseconds }

  /// Those of the machine.
  package init() {}
}
