import CKernels

/// Which samples a generator makes; the two kinds never share a random number.
package enum SamplePurpose: Sendable, Equatable {
  /// Samples to learn from, fresh in each epoch.
  case training
  /// Samples to validate on.
  case validation

  fileprivate var counter: UInt32 {
    switch self {
    case .training: UInt32(UNFOLD_PURPOSE_TRAINING_SAMPLE.rawValue)
    case .validation: UInt32(UNFOLD_PURPOSE_VALIDATION_SAMPLE.rawValue)
    }
  }
}

/// The random numbers of one sample (or of one epoch's shuffle): Philox4x32-10 of Salmon et al.,
/// "Parallel random numbers: as easy as 1, 2, 3" (2011), keyed by the seed, with the counter
/// (block, sample low, sample high, purpose).
///
/// `number(at:)` reaches any number directly; `next()` walks through them.
package struct SampleRandom: RandomNumberGenerator {
  private let seed: UInt64
  private let sample: UInt64
  private let purpose: UInt32
  private var position = 0
  private var block: SIMD4<UInt32> = .zero

  /// The numbers of a sample.
  package init(seed: UInt64, purpose: SamplePurpose, sample: Int) {
    self.init(seed: seed, purpose: purpose.counter, index: sample)
  }

  /// The numbers that shuffle an epoch.
  package init(shuffling epoch: Int, seed: UInt64) {
    self.init(seed: seed, purpose: UInt32(UNFOLD_PURPOSE_SHUFFLE.rawValue), index: epoch)
  }

  private init(seed: UInt64, purpose: UInt32, index: Int) {
    self.seed = seed
    self.purpose = purpose
    sample = UInt64(index)
  }

  /// The 32-bit number at a position.
  package func number(at position: Int) -> UInt32 {
    philox(block: UInt32(truncatingIfNeeded: position / 4))[position % 4]
  }

  /// The number at a position as a fraction in [0, 1) with the 24 bits of a Float.
  package func fraction(at position: Int) -> Float {
    Float(number(at: position) >> 8) * 0x1p-24
  }

  /// The number at a position as one in `0..<bound`, by multiplication (its bias is below
  /// bound / 2³²).
  package func integer(at position: Int, below bound: Int) -> Int {
    Int((UInt64(number(at: position)) &* UInt64(bound)) >> 32)
  }

  /// The next 32-bit number.
  package mutating func nextNumber() -> UInt32 {
    if position % 4 == 0 { block = philox(block: UInt32(truncatingIfNeeded: position / 4)) }
    defer { position += 1 }
    return block[position % 4]
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    let low = nextNumber()
    return UInt64(nextNumber()) << 32 | UInt64(low)
  }

  /// The next number in `0..<bound`, by multiplication (its bias is below bound / 2⁶⁴).
  package mutating func nextInteger(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  private func philox(block: UInt32) -> SIMD4<UInt32> {
    var result = (UInt32(0), UInt32(0), UInt32(0), UInt32(0))
    withUnsafeMutablePointer(to: &result) { pointer in
      pointer.withMemoryRebound(to: UInt32.self, capacity: 4) { numbers in
        unfold_philox(
          seed, block, UInt32(truncatingIfNeeded: sample),
          UInt32(truncatingIfNeeded: sample >> 32), purpose, numbers)
      }
    }
    return SIMD4(result.0, result.1, result.2, result.3)
  }
}
