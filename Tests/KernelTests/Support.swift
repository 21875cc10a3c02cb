import CKernels
import Testing

/// One instruction-set variant that this machine can run.
struct Variant: Sendable, CustomTestStringConvertible {
  let variant: UnfoldVariant

  static let supported = [
    UNFOLD_VARIANT_BASELINE, UNFOLD_VARIANT_AVX2, UNFOLD_VARIANT_AVX512,
  ].filter { unfold_supports_variant($0) }.map { Variant(variant: $0) }

  var kernels: UnfoldKernels { unfold_kernels(variant).pointee }
  var testDescription: String { String(cString: unfold_variant_name(variant)) }

  /// The number of panels of a matrix of `columns` columns.
  func panels(_ columns: Int) -> Int {
    (columns + kernels.panel_width - 1) / kernels.panel_width
  }
}

/// Uniform numbers in [-range, range), the same for the same stream.
func uniform(_ count: Int, stream: UInt32, range: Float = 1) -> [Float] {
  var numbers = [Float](repeating: 0, count: count)
  unfold_uniform_fill(2024, UNFOLD_PURPOSE_SAMPLING, stream, range, &numbers, count)
  return numbers
}

/// Whole numbers in 0..<limit, the same for the same stream.
func integers(_ count: Int, below limit: Int, stream: UInt32) -> [Int32] {
  uniform(count, stream: stream).map { Int32(min(Int(($0 + 1) / 2 * Float(limit)), limit - 1)) }
}

/// Whether two arrays are the same bit for bit, unlike ==, to which 0 and -0 are the same.
func sameBits(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
}

/// The first place where `got` is further than `tolerance(place)` from `expected`; NaN is.
func firstDifference(
  _ got: [Float], _ expected: [Double], tolerance: (Int) -> Double
) -> String? {
  guard got.count == expected.count else { return "\(got.count) values, not \(expected.count)" }
  for place in got.indices
  where !(abs(Double(got[place]) - expected[place]) <= tolerance(place)) {
    return "[\(place)] is \(got[place]), expected \(expected[place]) ± \(tolerance(place))"
  }
  return nil
}
