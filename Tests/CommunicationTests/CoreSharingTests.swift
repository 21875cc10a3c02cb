import Communication
import Testing

/// Masks are lists of bytes, bit i for core i.
@Suite struct CoreSharingTests {
  @Test func boundRanksShareNothing() {
    let sharing = CoreSharing(
      masks: [[0b0000_1111], [0b1111_0000]], localRank: 1, machineCoreCount: 16)
    #expect(sharing.coreCount == 4)
    #expect(sharing.overlappingRanks == 1)
    #expect(sharing.nodeCoreCount == 8)
    #expect(sharing.recommendedWorkers == 4)
    #expect(sharing.oversubscriptionWarning(workers: 4) == nil)
    #expect(sharing.oversubscriptionWarning(workers: 5) != nil)
  }

  @Test func unboundRanksDivideTheCores() {
    let sharing = CoreSharing(
      masks: Array(repeating: [0xFF, 0x0F], count: 5), localRank: 2, machineCoreCount: 16)
    #expect(sharing.coreCount == 12)
    #expect(sharing.overlappingRanks == 5)
    #expect(sharing.nodeCoreCount == 12)
    #expect(sharing.recommendedWorkers == 2)
    #expect(sharing.oversubscriptionWarning(workers: 2) == nil)
  }

  @Test func thereIsAlwaysOneWorker() {
    let sharing = CoreSharing(
      masks: Array(repeating: [0b11], count: 4), localRank: 0, machineCoreCount: 16)
    #expect(sharing.recommendedWorkers == 1)
  }

  @Test func onlyOverlappingMasksCount() {
    let masks: [[UInt8]] = [[0b0011], [0b0110], [0b1000], [0b0000, 0b1]]
    let overlaps = masks.indices.map {
      CoreSharing(masks: masks, localRank: $0, machineCoreCount: 16).overlappingRanks
    }
    #expect(overlaps == [2, 2, 1, 1])
    #expect(CoreSharing(masks: masks, localRank: 0, machineCoreCount: 16).nodeCoreCount == 5)
  }

  /// Bound to two cores of a machine that has enough.
  @Test func theWarningNamesTheNumbersAndTheOption() throws {
    let sharing = CoreSharing(masks: [[0b01], [0b10]], localRank: 0, machineCoreCount: 16)
    let warning = try #require(sharing.oversubscriptionWarning(workers: 2))
    #expect(warning.contains("2 ranks × 2 workers are bound to 2 of 16 cores"))
    #expect(warning.contains("--map-by slot:PE=2"))
    #expect(warning.contains("--bind-to none"))
  }

  /// Where the machine has too few cores, no binding helps.
  @Test func theWarningAdvisesOnlyWhatHelps() throws {
    let sharing = CoreSharing(masks: [[0b11], [0b11]], localRank: 0, machineCoreCount: 2)
    let warning = try #require(sharing.oversubscriptionWarning(workers: 2))
    #expect(warning.contains("2 ranks × 2 workers on 2 cores"))
    #expect(!warning.contains("bind"))
  }

  /// Two ranks of two workers fit four cores, but not when one of them is bound to a single core.
  @Test func aNarrowlyBoundRankIsWarned() {
    let masks: [[UInt8]] = [[0b0111], [0b1000]]
    #expect(
      CoreSharing(masks: masks, localRank: 0, machineCoreCount: 16).oversubscriptionWarning(
        workers: 2) == nil)
    #expect(
      CoreSharing(masks: masks, localRank: 1, machineCoreCount: 16).oversubscriptionWarning(
        workers: 2) != nil)
  }

  @Test func aCommunicatorComparesItsNode() throws {
    let sharing = try SoloCommunicator().overlappingRanks(mask: [0b101])
    #expect(sharing.coreCount == 2 && sharing.overlappingRanks == 1)
    #expect(sharing.machineCoreCount >= 1)
  }
}
