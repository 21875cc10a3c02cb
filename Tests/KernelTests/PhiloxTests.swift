import CKernels
import Testing

/// Philox4x32-10 against the known answers that its authors publish with Random123 (kat_vectors),
/// and what is built on it.
struct PhiloxTests {
  struct KnownAnswer: Sendable {
    let key: UInt64
    let counter: [UInt32]
    let words: [UInt32]
  }

  static let knownAnswers = [
    KnownAnswer(
      key: 0, counter: [0, 0, 0, 0], words: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    KnownAnswer(
      key: .max, counter: [.max, .max, .max, .max],
      words: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    KnownAnswer(
      key: 0x299f_31d0_a409_3822, counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
      words: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
  ]

  @Test(arguments: knownAnswers)
  func givesThePublishedWords(_ known: KnownAnswer) {
    let counter = known.counter
    var words = [UInt32](repeating: 0, count: 4)
    unfold_philox(known.key, counter[0], counter[1], counter[2], counter[3], &words)
    #expect(words == known.words)
  }

  private func fill(
    _ count: Int, seed: UInt64 = 5, purpose: UnfoldPurpose = UNFOLD_PURPOSE_INITIALIZATION,
    stream: UInt32 = 3, range: Float = 1
  ) -> [Float] {
    var numbers = [Float](repeating: .nan, count: count)
    unfold_uniform_fill(seed, purpose, stream, range, &numbers, count)
    return numbers
  }

  @Test func uniformNumbersHaveTheirRangeAndMoments() {
    let count = 1 << 20
    let numbers = fill(count, range: 0.25).map(Double.init)
    #expect(numbers.allSatisfy { $0 >= -0.25 && $0 < 0.25 })
    #expect((numbers.min() ?? 0) < -0.2499 && (numbers.max() ?? 0) > 0.2499)
    let mean = numbers.reduce(0, +) / Double(count)
    let variance = numbers.reduce(0) { $0 + $1 * $1 } / Double(count)
    // Five standard errors: 0.25/√3 of one number, and √(4/45)·0.25² of its square.
    #expect(abs(mean) < 5 * 0.25 / (3 * Double(count)).squareRoot())
    #expect(abs(variance - 0.0625 / 3) < 5 * 0.0625 * (4.0 / 45 / Double(count)).squareRoot())
  }

  @Test func aNumberDoesNotDependOnHowManyAreFilled() {
    let all = fill(1000)
    for count in [0, 1, 2, 3, 4, 5, 7, 8, 63, 999] {
      #expect(sameBits(fill(count), Array(all.prefix(count))), "\(count) numbers")
    }
  }

  @Test func everyPartOfTheKeyCounts() {
    let all = [
      fill(64), fill(64, seed: 6), fill(64, seed: 5 | 1 << 40),
      fill(64, purpose: UNFOLD_PURPOSE_SAMPLING), fill(64, stream: 4),
    ]
    for (index, one) in all.enumerated() {
      for other in all[..<index] { #expect(zip(one, other).allSatisfy { $0 != $1 }) }
    }
  }
}
