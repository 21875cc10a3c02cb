import Recurrent

/// How a model's outputs are read: which of a target's outputs is the predicted value, and between which
/// of them the target should lie.
package struct PointPrediction: Sendable, Equatable {
  /// Two outputs with a share of the targets between them.
  package struct Interval: Sendable, Equatable {
    /// The lower one, counted from the target's first.
    package let lower: Int
    /// The upper one.
    package let upper: Int
    /// The share that should lie between, such as `0.8`.
    package let share: String
  }

  /// The outputs of a target, side by side.
  package let width: Int
  /// The one that is the predicted value.
  package let point: Int
  /// The symmetric pairs of levels, the widest first.
  package let intervals: [Interval]

  /// The value itself.
  package static let value = PointPrediction(width: 1, point: 0, intervals: [])
  /// A mean, and the logarithm of a deviation.
  package static let gaussian = PointPrediction(width: 2, point: 0, intervals: [])

  /// Quantiles of these ascending levels: the one nearest to ½ is the predicted value, of two the lower.
  package static func quantiles(_ levels: [Double]) -> PointPrediction {
    let point = levels.indices.min(by: { left, right in
      abs(levels[left] - 0.5) < abs(levels[right] - 0.5) - tolerance
    })
    let intervals = levels.indices.flatMap { lower in
      levels.indices.filter { upper in
        upper > lower && abs(levels[lower] + levels[upper] - 1) < tolerance
      }.map { upper in
        Interval(lower: lower, upper: upper, share: share(levels[upper] - levels[lower]))
      }
    }
    return PointPrediction(width: levels.count, point: point ?? 0, intervals: intervals)
  }

  /// The reading of a network's outputs.
  init(_ description: NetworkDescription) {
    switch description.loss.kind {
    case .quantile: self = .quantiles(description.loss.levels.map { Double($0) })
    case .gaussian: self = .gaussian
    default: self = .value
    }
  }

  private init(width: Int, point: Int, intervals: [Interval]) {
    self.width = width
    self.point = point
    self.intervals = intervals
  }

  /// Levels such as 0.1 and 0.9 have no exact form, nor has their sum.
  private static let tolerance = 1e-6

  private static func share(_ difference: Double) -> String {
    let scale = (1 / tolerance).rounded()
    return "\((difference * scale).rounded() / scale)"
  }
}
