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
  private let message: UnsafeMutableBufferPointer<Double>  // a LossSum

  /// The exchange of these ranks.
  package init(communicator: any Communicator, reduction: Configuration.Parallel.Reduction) {
    self.communicator = communicator
    isReproducible = reduction == .reproducible && communicator.size > 1
    message = .allocate(capacity: LossSum.valueCount)
    message.initialize(repeating: 0)
  }

  deinit { message.deallocate() }

  /// What this rank's losses are added to.
  package func earlierLoss() throws(CommunicationError) -> LossSum {
    guard isReproducible, communicator.rank > 0 else { return LossSum() }
    try communicator.receive(
      into: UnsafeMutableRawBufferPointer(message), from: communicator.rank - 1)
    return LossSum(values: message)
  }

  /// The losses of all ranks from this rank's (continued) sum.
  package func total(_ loss: LossSum) throws(CommunicationError) -> LossSum {
    guard let base = message.baseAddress else { return loss }
    loss.write(to: message)
    if isReproducible {
      try passOn(UnsafeMutableRawBufferPointer(message))
    } else {
      try communicator.allreduceSum(base, count: message.count)
    }
    return LossSum(values: message)
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

extension LossSum {
  /// The number of sums that travel between ranks.
  static let valueCount = 5

  init(values: UnsafeMutableBufferPointer<Double>) {
    self.init()
    sum = values[0]
    count = values[1]
    hits = values[2]
    scored = values[3]
    scoredHits = values[4]
  }

  func write(to values: UnsafeMutableBufferPointer<Double>) {
    values[0] = sum
    values[1] = count
    values[2] = hits
    values[3] = scored
    values[4] = scoredHits
  }
}
