import Communication
import Recurrent

/// Sums losses over all ranks, and lets them know of one another whether one has failed, wants to stop
/// or wants a checkpoint, so that none of them waits for one that has left.
package final class RunControl {
  private let communicator: any Communicator
  /// This rank's own error, which the others do not know of yet.
  private var failure: (any Error)?
  /// Whether this rank wants the run to stop; asked at each total.
  package var wantsStop: () -> Bool = { false }
  /// Whether any rank wanted so in the last total.
  package private(set) var isStopWanted = false
  /// Whether this rank wants a checkpoint after the step.
  package var wantsCheckpoint = false
  /// Whether any rank wanted one in the last total.
  package private(set) var isCheckpointWanted = false

  /// The control of these ranks.
  package init(communicator: any Communicator) { self.communicator = communicator }

  /// The losses of all ranks, which have each filled their rows of the table. Collective.
  ///
  /// - Throws: `AgreedFailure` with what a rank noted by `attempt`; `CommunicationError`.
  package func total(_ table: LossTable) throws -> LossSum {
    table.control = LossTable.ControlWord(
      failed: failure == nil ? 0 : 1, stop: wantsStop() ? 1 : 0,
      checkpoint: wantsCheckpoint ? 1 : 0)
    if let base = table.values.baseAddress {
      try communicator.allreduceSum(base, count: table.values.count)
    }
    isStopWanted = table.control.stop > 0
    isCheckpointWanted = table.control.checkpoint > 0
    if table.control.failed > 0 { try throwFailures() }
    return table.total
  }

  /// What ends a measurement on all ranks, as one of them wanted to stop.
  struct Stopped: SharedFailure {}

  /// Throws on every rank if any of them wanted to stop in the last total.
  func throwIfStopIsWanted() throws(Stopped) {
    if isStopWanted { throw Stopped() }
  }

  /// Does what this rank alone does. If it fails, all ranks throw at their next `total` or
  /// `throwFailures`.
  package func attempt(_ body: () throws -> Void) {
    guard failure == nil else { return }
    do { try body() } catch { failure = error }
  }

  /// Throws on every rank if any of them has failed. Collective.
  ///
  /// - Throws: `AgreedFailure`.
  package func throwFailures() throws {
    try communicator.agree { if let failure { throw failure } }
  }
}
