import Communication
import Configuration
import Recurrent
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
  private let message: UnsafeMutableBufferPointer<Double>  // StepSums
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
    message = .allocate(capacity: StepSums.valueCount)
    message.initialize(repeating: 0)
  }

  deinit { message.deallocate() }

  /// What this rank's losses are added to.
  package func earlierLoss() throws(CommunicationError) -> LossSum {
    guard isReproducible, communicator.rank > 0 else { return LossSum() }
    try communicator.receive(
      into: UnsafeMutableRawBufferPointer(message), from: communicator.rank - 1)
    let earlier = StepSums(values: message)
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
    guard let base = message.baseAddress else { return loss }
    var sums = StepSums(loss: loss, control: earlierControl)
    earlierControl = ControlWord()
    sums.control.failed += failure == nil ? 0 : 1
    sums.control.stop += wantsStop ? 1 : 0
    sums.write(to: message)
    if isReproducible {
      try passOn(UnsafeMutableRawBufferPointer(message))
    } else {
      try communicator.allreduceSum(base, count: message.count)
    }
    sums = StepSums(values: message)
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

  /// Collects the rows that the window touches on any rank.
  package func agree(on rows: TouchedRows?, of batch: NetworkBatch) throws(CommunicationError) {
    guard let rows, let symbols = batch.symbols, let marks = rows.marks.baseAddress else { return }
    rows.mark(symbols, count: batch.dimensions.rows)
    try communicator.allreduceSum(marks, count: rows.rowCount)
    rows.collect()
  }

  /// Whether this rank's gradients continue others', which `gradients` then holds.
  package func begin(
    _ gradients: UnsafeMutableBufferPointer<Float>
  ) throws(CommunicationError) -> Bool {
    guard isReproducible, communicator.rank > 0 else { return false }
    try communicator.receive(into: gradients, from: communicator.rank - 1)
    return true
  }

  /// Makes `gradients` the sum over all ranks.
  package func finish(_ gradients: UnsafeMutableBufferPointer<Float>) throws(CommunicationError) {
    guard let base = gradients.baseAddress else { return }
    if isReproducible {
      try passOn(UnsafeMutableRawBufferPointer(gradients))
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

/// How many ranks want something of all of them.
struct ControlWord {
  /// Ranks that have failed.
  var failed = 0.0
  /// Ranks that want to stop.
  var stop = 0.0
}

/// What travels between ranks beside gradients, once a step.
private struct StepSums {
  var loss: LossSum
  var control: ControlWord

  static let valueCount = 8

  init(loss: LossSum, control: ControlWord) {
    self.loss = loss
    self.control = control
  }

  init(values: UnsafeMutableBufferPointer<Double>) {
    loss = LossSum()
    loss.sum = values[0]
    loss.count = values[1]
    loss.hits = values[2]
    loss.scored = values[3]
    loss.scoredHits = values[4]
    loss.squaredErrorInUnits = values[5]
    control = ControlWord(failed: values[6], stop: values[7])
  }

  func write(to values: UnsafeMutableBufferPointer<Double>) {
    values[0] = loss.sum
    values[1] = loss.count
    values[2] = loss.hits
    values[3] = loss.scored
    values[4] = loss.scoredHits
    values[5] = loss.squaredErrorInUnits
    values[6] = control.failed
    values[7] = control.stop
  }
}
