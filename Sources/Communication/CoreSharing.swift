import Workers

/// How the ranks of a node share its cores, from their affinity masks.
package struct CoreSharing: Sendable, Equatable {
  /// How many ranks the node has.
  package let rankCount: Int

  /// How many cores this rank may run on.
  package let coreCount: Int

  /// How many of the node's ranks may run on some of the same cores, this one included.
  package let overlappingRanks: Int

  /// How many cores the ranks of the node may run on together.
  package let nodeCoreCount: Int

  /// How many cores the machine has, bound to or not.
  package let machineCoreCount: Int

  /// Compares the masks of a node's ranks: bit i of a mask is core i, least significant bit first.
  package init(masks: [[UInt8]], localRank: Int, machineCoreCount: Int) {
    precondition(masks.indices ~= localRank, "local rank \(localRank) of \(masks.count) masks")
    let own = masks[localRank]
    rankCount = masks.count
    self.machineCoreCount = machineCoreCount
    coreCount = Self.bitCount(own)
    overlappingRanks = max(1, masks.count { mask in zip(mask, own).contains { $0 & $1 != 0 } })
    let length = masks.map(\.count).max() ?? 0
    nodeCoreCount = Self.bitCount(
      (0..<length).map { index in
        masks.reduce(0) { $0 | (index < $1.count ? $1[index] : 0) }
      })
  }

  /// The workers that give each core of this rank one thread: its cores divided among those who
  /// share them, at least 1.
  package var recommendedWorkers: Int { max(1, coreCount / overlappingRanks) }

  /// Whether so many workers a rank are more than the cores.
  package func isOversubscribed(workers: Int) -> Bool {
    rankCount * workers > nodeCoreCount || overlappingRanks * workers > coreCount
  }

  /// One line that says so when this many workers per rank are more than the cores; else nil.
  ///
  /// Either all ranks of the node together exceed its cores, or this rank and those it overlaps
  /// with exceed its own (as when mpirun bound a rank of several workers to one core).
  package func oversubscriptionWarning(workers: Int) -> String? {
    guard isOversubscribed(workers: workers) else { return nil }
    let threads = "\(rankCount) ranks × \(workers) workers"
    if rankCount * workers > machineCoreCount {
      return "\(threads) on \(machineCoreCount) cores: threads will take turns; fewer ranks or "
        + "workers are faster"
    }
    return "\(threads) are bound to \(nodeCoreCount) of \(machineCoreCount) cores, this rank to "
      + "\(coreCount) beside \(overlappingRanks - 1) others: threads will take turns; use mpirun "
      + "--map-by slot:PE=\(workers) --bind-to core, or --bind-to none"
  }

  private static func bitCount(_ mask: [UInt8]) -> Int {
    mask.reduce(0) { $0 + $1.nonzeroBitCount }
  }
}

extension Communicator {
  /// Finds out who runs on this rank's cores.
  ///
  /// `mask` is this rank's affinity mask: bit i is core i, least significant bit first. Collective
  /// over the node.
  package func overlappingRanks(mask: [UInt8]) throws(CommunicationError) -> CoreSharing {
    CoreSharing(
      masks: try gatherOnNode(mask), localRank: node.localRank,
      machineCoreCount: ProcessorMask.machineCoreCount)
  }
}
