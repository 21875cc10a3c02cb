import Communication
import Optimization
import Recurrent
import Settings
import Storage
import Workers

/// The weights and the optimizer's moments: one copy for the ranks of a node, or one a rank where
/// memory cannot be shared. Beside them the weights as products read them, packed by all ranks
/// beside the same memory together.
///
/// Version n + 1 of the weights is read only after the hand-over that ends update n. Update n
/// starts after `endReading`, where every rank of the node says that it has read version n for the
/// last time: backward and the folding of gradients are over on all of them. The gradients' sums are read
/// until the hand-over, too: by the norm and the optimizer.
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
    let blockCount = GlobalNorm.blockCount(of: network.parameterRegions)
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

  /// Weights and moments, one after the other.
  var contents: UnsafeBufferPointer<Float> {  // [1 + moments, parameters]
    UnsafeBufferPointer(start: arena.base, count: (1 + optimizer.momentCount) * layout.count)
  }

  /// Whether this rank writes on behalf of those that share its copy.
  var isLeader: Bool { arena.isLeader }

  /// Whether others see this rank's copy.
  var isShared: Bool { arena.isShared }

  /// Why memory is not shared although it was wanted.
  var fallbackReason: String? { arena.fallbackReason ?? packed.fallbackReason }

  /// Lets all ranks of the node see what was written.
  func handOver() throws(CommunicationError) { try arena.handOver() }

  /// Packs the weights for the products of `network`, each rank its share.
  ///
  /// - Parameters:
  ///   - packed: called before the hand-over of what each has packed.
  ///   - handedOver: called after it.
  func pack(
    for network: Network, packed onPacked: () -> Void = {}, handedOver: () -> Void = {}
  ) throws(CommunicationError) {
    try network.pack(parameters, share: packed.share) { () throws(CommunicationError) in
      onPacked()
      try packed.handOver()
      handedOver()
    }
  }

  /// Lets another network of the same description read what is packed.
  func adopt(_ network: Network) {
    network.keepPackedWeights(at: packed.base)
    network.renew(parameters)
  }

  /// Forms this rank's share of the sums of squares from which `norm` follows: the ranks of a node have
  /// the same gradients before them.
  func sumNormBlocks(
    of regions: [GradientRegion], _ gradients: FloatPointer, pool: WorkerPool
  ) {
    GlobalNorm(of: regions, blockSums: blockSums)
      .sumBlocks(of: gradients, share: arena.share, pool: pool)
  }

  /// Waits until all ranks that share this copy have read the weights of this version for the last
  /// time, and shows each of them the others' sums of squares. From here on the weights are written.
  func endReading() throws(CommunicationError) {
    try arena.handOver()
    // Where the weights found no room to be shared, their packed form may have.
    if !arena.isShared { try packed.handOver() }
  }

  /// ‖Σg / divisor‖₂, the norm of the mean gradient before any clipping, once all shares are summed.
  func norm(of regions: [GradientRegion], divisor: Double) -> Double {
    GlobalNorm(of: regions, blockSums: blockSums).value / divisor
  }

  /// Applies the optimizer to what of the weights is this rank's to write: everything or nothing under
  /// `leader`, an equal share under `cooperative`.
  func apply(
    _ update: Update, to regions: [GradientRegion], _ gradients: FloatPointer, pool: WorkerPool
  ) {
    let share =
      switch self.update {
      case .leader: Share(0, of: 1)
      case .cooperative: arena.share
      }
    guard isLeader || self.update == .cooperative else { return }
    for region in regions {
      optimizer.apply(
        update, to: parameters, gradients: gradients,
        moments: optimizer.momentCount > 0 ? moment(0) : nil, in: region, share: share,
        pool: pool)
    }
  }
}
