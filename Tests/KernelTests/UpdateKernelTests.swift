import CKernels
import Foundation
import Testing

/// The update's kernels against the same recurrences in double precision, over several steps.
struct UpdateKernelTests {
  static let count = 77
  static let steps = 4
  /// The optimizers' numbers, as floats, which the kernels take.
  static let (scale, rate, decay): (Float, Float, Float) = (0.5, 0.1, 0.01)

  private let weights = uniform(count, stream: 71)

  private func gradient(_ step: Int) -> [Float] { uniform(Self.count, stream: UInt32(72 + step)) }

  /// g·scale + decay·w.
  private func penalized(_ gradient: Float, _ weight: Double, decay: Float = decay) -> Double {
    Double(gradient) * Double(Self.scale) + Double(decay) * weight
  }

  /// A step changes a number below 2 by at most a few tenths and rounds it a few times.
  private func expectClose(
    _ got: [Float], _ expected: [Double], _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      firstDifference(got, expected) { _ in 1e-6 } == nil, comment, sourceLocation: sourceLocation)
  }

  @Test(arguments: Variant.supported)
  func sgd(_ variant: Variant) {
    var (w, expected) = (weights, weights.map(Double.init))
    for step in 0..<Self.steps {
      let g = gradient(step)
      variant.kernels.apply_sgd(&w, g, Self.count, Self.scale, Self.rate, Self.decay)
      for i in 0..<Self.count { expected[i] -= Double(Self.rate) * penalized(g[i], expected[i]) }
    }
    expectClose(w, expected)
  }

  @Test(arguments: Variant.supported, [false, true])
  func momentum(_ variant: Variant, nesterov: Bool) {
    let (momentum, dampening): (Float, Float) = (0.9, nesterov ? 0 : 0.2)
    var (w, expected) = (weights, weights.map(Double.init))
    var velocity = [Float](repeating: .nan, count: Self.count)
    // The first step must not read the velocity.
    velocity = velocity.map { _ in 3 }
    var expectedVelocity = [Double](repeating: 0, count: Self.count)
    for step in 0..<Self.steps {
      let g = gradient(step)
      variant.kernels.apply_momentum(
        &w, g, &velocity, Self.count, Self.scale, Self.rate, Self.decay, momentum, dampening,
        nesterov, step == 0)
      for i in 0..<Self.count {
        let gradient = penalized(g[i], expected[i])
        expectedVelocity[i] =
          step == 0
          ? gradient
          : Double(momentum) * expectedVelocity[i] + (1 - Double(dampening)) * gradient
        let direction =
          nesterov ? gradient + Double(momentum) * expectedVelocity[i] : expectedVelocity[i]
        expected[i] -= Double(Self.rate) * direction
      }
    }
    expectClose(w, expected)
    expectClose(velocity, expectedVelocity)
  }

  @Test(arguments: Variant.supported, [false, true])
  func rmsprop(_ variant: Variant, centeredWithMomentum: Bool) {
    let (alpha, epsilon, momentum): (Double, Float, Float) = (0.9, 0.01, 0.8)
    var (w, expected) = (weights, weights.map(Double.init))
    var square = [Float](repeating: 0, count: Self.count)
    var (mean, velocity) = (square, square)
    var (squares, means, velocities) = (
      square.map(Double.init), square.map(Double.init), square.map(Double.init)
    )
    for step in 0..<Self.steps {
      let g = gradient(step)
      if centeredWithMomentum {
        variant.kernels.apply_rmsprop(
          &w, g, &square, &mean, &velocity, Self.count, Self.scale, Self.rate, Self.decay, alpha,
          epsilon, momentum)
      } else {
        variant.kernels.apply_rmsprop(
          &w, g, &square, nil, nil, Self.count, Self.scale, Self.rate, Self.decay, alpha, epsilon,
          momentum)
      }
      for i in 0..<Self.count {
        let gradient = penalized(g[i], expected[i])
        let fresh = 1 - alpha
        squares[i] = alpha * squares[i] + fresh * gradient * gradient
        means[i] = alpha * means[i] + fresh * gradient
        let variance = squares[i] - (centeredWithMomentum ? means[i] * means[i] : 0)
        let direction = gradient / (variance.squareRoot() + Double(epsilon))
        velocities[i] = (centeredWithMomentum ? Double(momentum) * velocities[i] : 0) + direction
        expected[i] -= Double(Self.rate) * velocities[i]
      }
    }
    // Dividing by √variance + ε, at least 0.01, enlarges the roundings.
    #expect(firstDifference(w, expected) { _ in 2e-5 } == nil)
    expectClose(square, squares)
  }

  @Test(arguments: Variant.supported, [false, true])
  func adam(_ variant: Variant, decoupled: Bool) {
    let (beta1, beta2, epsilon): (Double, Double, Float) = (0.9, 0.99, 1e-8)
    var (w, expected) = (weights, weights.map(Double.init))
    var mean = [Float](repeating: 0, count: Self.count)
    var square = mean
    var (means, squares) = (mean.map(Double.init), mean.map(Double.init))
    let penalty = decoupled ? 0 : Self.decay
    let shrink = decoupled ? 1 - Double(Self.rate) * Double(Self.decay) : 1
    for step in 0..<Self.steps {
      let g = gradient(step)
      let correction1 = 1 - pow(beta1, Double(step + 1))
      let correction2 = 1 - pow(beta2, Double(step + 1))
      variant.kernels.apply_adam(
        &w, g, &mean, &square, Self.count, Self.scale, Self.rate, Self.decay, decoupled, beta1,
        beta2, epsilon, Float(correction1), Float(correction2))
      for i in 0..<Self.count {
        let gradient = penalized(g[i], expected[i], decay: penalty)
        means[i] = beta1 * means[i] + (1 - beta1) * gradient
        squares[i] = beta2 * squares[i] + (1 - beta2) * gradient * gradient
        let root = (squares[i] / correction2).squareRoot() + Double(epsilon)
        expected[i] = expected[i] * shrink - Double(Self.rate) * means[i] / correction1 / root
      }
    }
    expectClose(w, expected)
    expectClose(mean, means)
    expectClose(square, squares)
  }

  @Test(arguments: Variant.supported)
  func clippedValues(_ variant: Variant) {
    var values: [Float] = [0, 1, -1, 4, -4, .infinity, -.infinity, .nan]
    variant.kernels.clip_values(&values, values.count, 0.5, 0.75)
    #expect(Array(values.dropLast()) == [0, 0.5, -0.5, 0.75, -0.75, 0.75, -0.75])
    #expect(values[7].isNaN)
  }

  @Test(arguments: Variant.supported)
  func sumOfSquaresIsAccurate(_ variant: Variant) {
    for count in [0, 1, 5, 16, 31, 255, 256, 257, 1000, 200_001] {
      let x = uniform(count, stream: 81, range: 3)
      let expected = x.reduce(0) { $0 + Double($1) * Double($1) }
      // Floats add up over runs of 256 only, in at least 4 lanes of 64: (64 + 1)·2⁻²⁴ at worst.
      let got = variant.kernels.sum_of_squares(x, count)
      #expect(abs(got - expected) <= 65 * 0x1p-24 * expected, "\(count) numbers")
    }
    #expect(variant.kernels.sum_of_squares([1, .nan, 2], 3).isNaN)
    #expect(variant.kernels.sum_of_squares([1, .infinity], 2) == .infinity)
  }
}
