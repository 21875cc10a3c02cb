import Foundation
import TestSupport

/// Faults to strike runs with, one after the other: the same from the same seed.
struct FaultPlan: Sendable {
  let faults: [Fault]

  /// - Parameters:
  ///   - count: how many.
  ///   - seed: of moments, ranks and places.
  ///   - kinds: each comes once before any comes again.
  init(count: Int, seed: UInt64, kinds: [Fault.Kind]) {
    var random = SplitMix(seed: seed)
    faults = (0..<count).map { index in
      let ranks = Int.random(in: 2...4, using: &random)
      return Fault(
        number: index + 1, kind: kinds[index % kinds.count], ranks: ranks,
        rank: Int.random(in: 0..<ranks, using: &random),
        moment: Double.random(in: 0..<1, using: &random),
        place: Double.random(in: 0..<1, using: &random))
    }
  }

  /// So many as UNFOLD_TEST_FAULTS says (20), by UNFOLD_TEST_SEED (8), of the kinds that are possible
  /// here.
  static let current = FaultPlan(
    count: number("UNFOLD_TEST_FAULTS").map { Int($0) } ?? 20, seed: seed,
    kinds: Fault.Kind.allCases.filter(\.isAvailable))

  /// UNFOLD_TEST_SEED, or 8.
  static let seed: UInt64 = number("UNFOLD_TEST_SEED") ?? 8

  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }
}
