import CKernels
import Communication
import Foundation
import Logging
import Workers

/// What a rank computes with: its communicator, its workers, and the kernel variant that the ranks of
/// its node have agreed on.
public struct RankResources {
  /// The ranks.
  public let communicator: any Communicator
  /// This rank's workers.
  package let pool: WorkerPool
  /// The number of this rank's workers.
  public var workers: Int { pool.workers }
  /// The name of the kernel variant.
  public let variant: String
  /// Data that several runs of this rank read, one after the other.
  package var corpora: OpenCorpora?

  /// Sizes the pool from the affinity mask, or takes `workers`, and agrees on the kernels with its node.
  ///
  /// - Throws: `AgreedFailure` if UNFOLD_ISA names a variant that a rank does not have.
  public init(
    communicator: any Communicator, workers: Int? = nil, logger: Logger = Logger(label: "unfold")
  ) throws {
    let best = try communicator.agree { try Self.bestVariant() }
    // All variants give the same bits, but those that read the same packed weights need one form.
    let onNode = try communicator.gatherOnNode([UInt8(best.rawValue)]).joined()
    let variant = UnfoldVariant(rawValue: UInt32(onNode.min() ?? UInt8(best.rawValue)))
    unfold_activate_variant(variant)
    let sharing = try communicator.overlappingRanks(mask: ProcessorMask.current().bytes)
    let workers = workers ?? sharing.recommendedWorkers
    if communicator.isRoot, let warning = sharing.oversubscriptionWarning(workers: workers) {
      logger.warning("\(warning)")
    }
    let isShortOfCores = sharing.isOversubscribed(workers: workers)
    try communicator.waitWithoutCores(isShortOfCores)
    self.communicator = communicator
    self.variant = String(cString: unfold_variant_name(variant))
    pool = WorkerPool(workers: workers, isShortOfCores: isShortOfCores)
  }

  private init(communicator: any Communicator, pool: WorkerPool, variant: String) {
    self.communicator = communicator
    self.pool = pool
    self.variant = variant
  }

  /// The same workers and kernels for a group of these ranks, which shares this rank's cores with the other
  /// groups. Collective over the group.
  ///
  /// - Parameter group: made by `split`.
  /// - Returns: its resources.
  /// - Throws: `CommunicationError`.
  package func resources(of group: any Communicator) throws(CommunicationError) -> RankResources {
    try group.waitWithoutCores(pool.isShortOfCores)
    return RankResources(communicator: group, pool: pool, variant: variant)
  }

  private static func bestVariant() throws -> UnfoldVariant {
    if let name = ProcessInfo.processInfo.environment["UNFOLD_ISA"] {
      let supported = [UNFOLD_VARIANT_BASELINE, UNFOLD_VARIANT_AVX2, UNFOLD_VARIANT_AVX512]
        .filter { unfold_supports_variant($0) }
        .map { String(cString: unfold_variant_name($0)) }
      guard supported.contains(name) else {
        throw TrainingError.unusableVariant(name: name, available: supported)
      }
    }
    return unfold_best_variant()
  }
}
