import Communication
import Recurrent
import Settings
import Storage

/// Sums gradients and losses over all ranks.
///
/// `fast` sums each rank's own sums with one allreduce. `reproducible` lets one running sum travel
/// from rank to rank, in the order of the streams: every addition then happens in the order in which
/// a single rank would do it, so that the bits do not depend on the number of ranks. The weight
/// gradients of the ranks come one after the other in that case; everything else stays parallel.
package final class GradientExchange {
  private let communicator: any Communicator
  private let isReproducible: Bool
  private let message = Arena<Double>(count: StepSums.valueCount)
  /// What earlier ranks of a running sum want.
  private var earlierControl = ControlWord()
  /// This rank's own error, which the others do not know of yet.
  private var failure: (any Error)?
  /// Whether this rank wants the run to stop after the step.
  package var wantsStop = false
  /// Whether any rank wanted so in the last total.
  package private(set) var isStopWanted = false

  /// The exchange of these ranks.
  package init(communicator: any Communicator, reduction: Configuration.Parallel.Reduction) {
    self.communicator = communicator
    isReproducible = reduction == .reproducible && communicator.size > 1
  }

  /// What this rank's losses are added to.
  package func earlierLoss() throws(CommunicationError) -> LossSum {
    guard isReproducible, communicator.rank > 0 else { return LossSum() }
    try communicator.receive(
      into: UnsafeMutableRawBufferPointer(message.buffer), from: communicator.rank - 1)
    let earlier = StepSums(values: message.base)
    earlierControl = earlier.control
    return earlier.loss
  }

  /// The losses of all ranks from this rank's (continued) sum.
  ///
  /// With them travels whether a rank has failed or wants to stop, so that none of them waits for one
  /// that has left.
  ///
  /// - Throws: `AgreedFailure` with what a rank noted by `attempt`; `CommunicationError`.
  package func total(_ loss: LossSum) throws -> LossSum {
    var sums = StepSums(loss: loss, control: earlierControl)
    earlierControl = ControlWord()
    sums.control.failed += failure == nil ? 0 : 1
    sums.control.stop += wantsStop ? 1 : 0
    sums.write(to: message.base)
    if isReproducible {
      try passOn(UnsafeMutableRawBufferPointer(message.buffer))
    } else {
      try communicator.allreduceSum(message.base, count: message.count)
    }
    sums = StepSums(values: message.base)
    isStopWanted = sums.control.stop > 0
    if sums.control.failed > 0 { try throwFailures() }
    return sums.loss
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

  /// Begins the exchange of a window's gradients: collects the rows of the table that it touches on any
  /// rank.
  package func begin(_ batch: NetworkBatch, of network: Network) throws(CommunicationError) {
    guard let rows = network.touchedRows, let marks = rows.marks.baseAddress else { return }
    batch.mark(rows)
    try communicator.allreduceSum(marks, count: rows.rowCount)
    rows.collect()
  }

  /// Whether this rank's sums of a region continue those of earlier ranks, which `gradients` then
  /// holds.
  package func continues(
    _ region: GradientRegion, in gradients: FloatPointer
  ) throws(CommunicationError) -> Bool {
    guard isReproducible, communicator.rank > 0 else { return false }
    try communicator.receive(into: region.buffer(in: gradients), from: communicator.rank - 1)
    return true
  }

  /// Takes note that this rank's sums of a region are complete.
  package func completed(
    _ region: GradientRegion, in gradients: FloatPointer
  ) throws(CommunicationError) {
    guard isReproducible, communicator.rank < communicator.size - 1 else { return }
    try communicator.send(
      UnsafeBufferPointer(region.buffer(in: gradients)), to: communicator.rank + 1)
  }

  /// Makes all regions the sums over all ranks; they are one piece of memory.
  package func finish(_ gradients: UnsafeMutableBufferPointer<Float>) throws(CommunicationError) {
    guard let base = gradients.baseAddress else { return }
    if isReproducible {
      try communicator.broadcast(gradients, from: communicator.size - 1)
    } else {
      try communicator.allreduceSum(base, count: gradients.count)
    }
  }

  /// Hands the running sum to the next rank; the last one's is everybody's result.
  private func passOn(_ bytes: UnsafeMutableRawBufferPointer) throws(CommunicationError) {
    let last = communicator.size - 1
    if communicator.rank < last {
      try communicator.send(UnsafeRawBufferPointer(bytes), to: communicator.rank + 1)
    }
    try communicator.broadcast(bytes, from: last)
  }
}
