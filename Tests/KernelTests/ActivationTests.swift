import CKernels
import Foundation
import Testing

/// exp, tanh and the logistic function over the whole range of floats against double precision.
struct ActivationTests {
  /// A function, where its bound holds, and how far off it may be there: so many units in the last
  /// place, and what the rounded ln 2 makes of a large |x|, 2.75e-9 of it.
  struct Function: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let reference: @Sendable (Double) -> Double
    let kernel: KeyPath<UnfoldKernels, Kernel> & Sendable
    let exactRange: ClosedRange<Float>
    let unitsInLastPlace: Double
  }

  typealias Kernel =
    @convention(c) (UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>) -> Void

  static let functions = [
    Function(
      testDescription: "exp", reference: { exp($0) }, kernel: \.exponential,
      exactRange: -87.3...88.3, unitsInLastPlace: 1.25),
    Function(
      testDescription: "tanh", reference: { tanh($0) }, kernel: \.hyperbolic_tangent,
      exactRange: -Float.infinity...Float.infinity, unitsInLastPlace: 2.75),
    Function(
      testDescription: "sigmoid", reference: { 1 / (1 + exp(-$0)) }, kernel: \.sigmoid,
      exactRange: -87.3...Float.infinity, unitsInLastPlace: 2.75),
  ]

  #if DEBUG
    private static let stride = 65_537
  #else
    private static let stride = 97
  #endif

  /// Every 97th float (fewer in debug builds, whose loops are slow), from 0 past infinity to the
  /// NaNs and then the negative ones.
  @Test(arguments: functions)
  func staysWithinItsBound(_ function: Function) {
    let patterns = Array(Swift.stride(from: UInt64(0), to: 1 << 32, by: Self.stride))
    let block = 4096
    var worst = [Double](repeating: 0, count: Variant.supported.count)
    for first in Swift.stride(from: 0, to: patterns.count, by: block) {
      let x = patterns[first..<min(first + block, patterns.count)].map {
        Float(bitPattern: UInt32($0))
      }
      let expected = x.map { function.reference(Double($0)) }
      for (index, variant) in Variant.supported.enumerated() {
        let got = function.apply(variant, to: x)
        worst[index] = max(worst[index], function.worstError(got, at: x, expected))
      }
    }
    for (variant, error) in zip(Variant.supported, worst) {
      #expect(
        error <= function.unitsInLastPlace, "\(function.testDescription), \(variant)")
    }
  }

  @Test(arguments: functions, Variant.supported)
  func aTailHasTheBitsOfTheBody(_ function: Function, _ variant: Variant) {
    let x = uniform(131, stream: 21, range: 9)
    let whole = function.apply(variant, to: x)
    for count in 1...x.count {
      let first = x.count - count
      let tail = function.apply(variant, to: Array(x[first...]))
      #expect(sameBits(tail, Array(whole[first...])), "\(count) elements")
    }
  }

  @Test(arguments: Variant.supported)
  func extremesSaturateAndNaNStaysNaN(_ variant: Variant) {
    let x: [Float] = [-.infinity, -1000, -0.0, 0, 1000, .infinity, .nan]
    let (e, t, s) = (
      Self.functions[0].apply(variant, to: x), Self.functions[1].apply(variant, to: x),
      Self.functions[2].apply(variant, to: x)
    )
    #expect(e[0] == e[1] && e[0] > 0 && e[0] < 1.3e-38 && e[4] == e[5] && e[5].isFinite)
    #expect(e[2] == 1 && e[3] == 1)
    #expect(t[0] == -1 && t[1] == -1 && t[4] == 1 && t[5] == 1)
    #expect(t[2] == 0 && t[3] == 0)
    #expect(s[0] >= 0 && s[0] < 1e-37 && s[2] == 0.5 && s[4] == 1 && s[5] == 1)
    // A NaN that an activation swallowed would hide that training has gone wrong.
    #expect(e[6].isNaN && t[6].isNaN && s[6].isNaN)
  }
}

extension ActivationTests.Function {
  func apply(_ variant: Variant, to x: [Float]) -> [Float] {
    var out = [Float](repeating: 0, count: x.count)
    variant.kernels[keyPath: kernel](x, x.count, &out)
    return out
  }

  /// The largest error in units of the result's last place. Results below the normal range may be
  /// flushed to zero, where their last place is the smallest normal number; so may inputs.
  func worstError(_ got: [Float], at x: [Float], _ expected: [Double]) -> Double {
    var worst = 0.0
    for i in x.indices {
      if x[i].isNaN {
        if !got[i].isNaN { return .infinity }
        continue
      }
      let nearest = Float(expected[i])
      let unit = max(Double(nearest.ulp), 0x1p-126)
      guard exactRange.contains(x[i]) else { continue }
      let ofReduction = min(abs(Double(x[i])), 100) * 2.75e-9 * abs(expected[i])
      let error = (abs(Double(got[i]) - expected[i]) - ofReduction) / unit
      worst = error.isNaN ? .infinity : max(worst, error)
    }
    return worst
  }
}
