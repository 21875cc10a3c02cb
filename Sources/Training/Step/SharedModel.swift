import Communication
import Configuration
import Optimization
import Storage
import WorkerPool

/// The weights and the optimizer's moments: one copy for the ranks of a node, or one a rank where
/// memory cannot be shared.
///
/// Version n + 1 of the weights is read only after the hand-over that ends update n. Update n
/// starts when the gradients of all ranks have been summed, which no rank joins before it has
/// stopped reading version n.
final class SharedModel {
  let layout: ParameterLayout
  let optimizer: OptimizerChain
  private let arena: SharedArena  // [1 + moments, parameters]
  private let update: Configuration.Parallel.Update

  init(
    layout: ParameterLayout, optimizer: OptimizerChain, communicator: any Communicator,
    update: Configuration.Parallel.Update
  ) throws(CommunicationError) {
    self.layout = layout
    self.optimizer = optimizer
    self.update = update
    arena = try communicator.makeSharedArena(floatCount: layout.count * (1 + optimizer.momentCount))
  }

  /// The weights, in the layout's order.
  var parameters: FloatPointer { arena.base }

  /// A moment arena of the optimizer, in the layout's order.
  func moment(_ index: Int) -> FloatPointer { arena.base + (1 + index) * layout.count }

  /// Whether this rank writes on behalf of those that share its copy.
  var isLeader: Bool { arena.isLeader }

  /// Why memory is not shared although it was wanted.
  var fallbackReason: String? { arena.fallbackReason }

  /// Lets all ranks of the node see what was written.
  func handOver() throws(CommunicationError) { try arena.handOver() }

  /// Applies the optimizer to the share of the weights that is this rank's to write.
  ///
  /// - Parameter touched: the rows of the first parameter, a table, that have gradients, if they are
  ///   packed.
  func applyUpdate(
    gradients: FloatPointer, touched: TouchedRows?, step: Int, learningRate: Double,
    divisor: Double, norm: Double, pool: WorkerPool
  ) {
    let tableCount = touched == nil ? 0 : layout.parameters[0].range.upperBound
    let dense = ownShare(of: tableCount..<layout.count)
    if !dense.isEmpty {
      optimizer.apply(
        to: parameters, gradients: gradients,
        moments: optimizer.momentCount > 0 ? moment(0) : nil, count: layout.count, slice: dense,
        step: step, learningRate: learningRate, divisor: divisor, norm: norm, pool: pool)
    }
    if let touched {
      optimizer.apply(
        to: parameters, packed: gradients, rows: touched, part: ownShare(of: 0..<touched.count),
        step: step, learningRate: learningRate, divisor: divisor, norm: norm, pool: pool)
    }
  }

  /// Everything or nothing under `leader`; equal slices at multiples of a cache line's floats under
  /// `cooperative`.
  private func ownShare(of range: Range<Int>) -> Range<Int> {
    switch update {
    case .leader:
      return isLeader ? range : range.lowerBound..<range.lowerBound
    case .cooperative:
      let cacheLine = 16
      return Share(arena.memberRank, of: arena.memberCount).range(of: range, multipleOf: cacheLine)
    }
  }
}
