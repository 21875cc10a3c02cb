import CKernels
import Storage

/// A weight W [G·H, columns] in blocks of units, as a fused cell reads it: a unit's gates stand side by
/// side.
final class UnitPackedWeight: Sendable {
  let columns: Int
  /// The blocks of units.
  let blocks: Int
  private let gates: Int
  private let hidden: Int
  private let kernels: Common<UnfoldKernels>
  private let memory: PackedMemory
  private let offset: Int

  init(gates: Int, hidden: Int, columns: Int, resources: ProductResources) {
    self.gates = gates
    self.hidden = hidden
    self.columns = columns
    kernels = resources.kernels
    memory = resources.packedMemory
    let width = kernels.pointee.unit_width
    blocks = (hidden + width - 1) / width
    offset = memory.reserve(blocks * columns * gates * width)
  }

  var base: FloatPointer { memory.base + offset }  // [blocks, columns, G, unit width]

  /// Brings this worker's part of the rank's share up to date with the weight.
  func pack(_ weight: UnsafePointer<Float>, share: Share, worker: Share) {
    let own = worker.range(of: share.range(of: blocks))
    kernels.pointee.pack_unit_weight(
      weight, gates, hidden, columns, own.lowerBound, own.upperBound, base)
  }
}
