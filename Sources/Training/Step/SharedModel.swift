import Communication
import Configuration
import Optimization
import Recurrent
import Storage
import WorkerPool

/// The weights and the optimizer's moments: one copy for the ranks of a node, or one a rank where
/// memory cannot be shared. Beside them the weights as products read them, packed by all ranks
/// beside the same memory together.
///
/// Version n + 1 of the weights is read only after the hand-over that ends update n. Update n
/// starts after `endReading`, where every rank of the node says that it has read version n for the
/// last time: backward and `foldGradients` are over on all of them.
final class SharedModel {
  let layout: ParameterLayout
  let optimizer: OptimizerChain
  private let arena: SharedArena  // [1 + moments, parameters], and block sums
  private let blockSums: UnsafeMutablePointer<Double>  // of the gradients' norm
  private let packed: SharedArena  // [network.packedCount]
  private let update: Configuration.Parallel.Update

  init(
    network: Network, optimizer: OptimizerChain, communicator: any Communicator,
    update: Configuration.Parallel.Update
  ) throws(CommunicationError) {
    layout = network.layout
    self.optimizer = optimizer
    self.update = update
    let modelCount = layout.count * (1 + optimizer.momentCount)
    let blockCount = GlobalNorm.blockCount(of: layout.count)
    let floatsPerSum = MemoryLayout<Double>.size / MemoryLayout<Float>.size
    arena = try communicator.makeSharedArena(
      floatCount: modelCount + blockCount * floatsPerSum, scope: .node)
    blockSums = UnsafeMutableRawPointer(arena.base + modelCount)
      .bindMemory(to: Double.self, capacity: blockCount)
    packed = try communicator.makeSharedArena(
      floatCount: network.packedCount, scope: .memoryDomain)
    network.keepPackedWeights(at: packed.base)
  }

  /// The weights, in the layout's order.
  var parameters: FloatPointer { arena.base }

  /// A moment arena of the optimizer, in the layout's order.
  func moment(_ index: Int) -> FloatPointer { arena.base + (1 + index) * layout.count }

  /// Whether this rank writes on behalf of those that share its copy.
  var isLeader: Bool { arena.isLeader }

  /// Why memory is not shared although it was wanted.
  var fallbackReason: String? { arena.fallbackReason ?? packed.fallbackReason }

  /// Lets all ranks of the node see what was written.
  func handOver() throws(CommunicationError) { try arena.handOver() }

  /// Packs the weights for the products of `network`, each rank its share.
  func pack(for network: Network) throws(CommunicationError) {
    try network.pack(parameters, share: packed.share) {
      () throws(CommunicationError) in try packed.handOver()
    }
  }

  /// Lets another network of the same description read what is packed.
  func adopt(_ network: Network) {
    network.keepPackedWeights(at: packed.base)
    network.renew(parameters)
  }

  /// Forms this rank's share of the sums of squares from which `norm` follows: the ranks of a node have
  /// the same gradients before them.
  func sumNormBlocks(of gradients: UnsafeBufferPointer<Float>, pool: WorkerPool) {
    guard let base = gradients.baseAddress else { return }
    GlobalNorm(count: gradients.count, blockSums: blockSums)
      .sumBlocks(of: base, share: arena.share, pool: pool)
  }

  /// Waits until all ranks that share this copy have read the weights of this version for the last
  /// time, and shows each of them the others' sums of squares. From here on the weights are written.
  func endReading() throws(CommunicationError) { try arena.handOver() }

  /// ‖Σg / divisor‖₂, the norm of the mean gradient before any clipping, once all shares are summed.
  func norm(of gradients: UnsafeBufferPointer<Float>, divisor: Double) -> Double {
    GlobalNorm(count: gradients.count, blockSums: blockSums).value / divisor
  }

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
      return arena.share.range(of: range, multipleOf: CacheLine.floats)
    }
  }
}
