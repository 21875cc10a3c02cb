import Foundation
import Recurrent
import Storage

/// The mean of several models' outputs, as the outputs of one: what averages are taken of are
/// probabilities of classes and labels, values, and for Gaussians the mixture's mean and deviation.
///
/// With it comes the deviation between the models, √(Σ(x − x̄)² / K) over K of them, by Welford's running
/// sums.
final class OutputMean {
  private let kind: Loss.Kind
  private let width: Int
  private let reading: PointPrediction
  private let means: Arena<Double>  // [rows, O]
  private let squares: Arena<Double>  // [rows, O]: Σ(x − x̄)²
  private let results: Arena<Float>  // [rows, O]
  private var members = 0
  private var rows = 0

  /// - Parameters:
  ///   - description: of one of the networks; all have the same outputs.
  ///   - rows: the most time steps × streams.
  init(_ description: NetworkDescription, rows: Int) {
    kind = description.loss.kind
    width = description.outputs
    reading = PointPrediction(description)
    means = Arena(count: max(1, rows * width))
    squares = Arena(count: max(1, rows * width))
    results = Arena(count: max(1, rows * width))
  }

  /// Begins anew.
  func clear() {
    members = 0
    means.clear()
    squares.clear()
  }

  /// Adds a model's outputs, [rows, O]; all models have as many.
  func add(_ outputs: UnsafePointer<Float>, rows: Int) {
    self.rows = rows
    members += 1
    for row in 0..<rows {
      let values = averaged(UnsafeBufferPointer(start: outputs + row * width, count: width))
      for (index, value) in values.enumerated() {
        let place = row * width + index
        let offset = value - means.base[place]
        means.base[place] += offset / Double(members)
        squares.base[place] += offset * (value - means.base[place])
      }
    }
  }

  /// What of a row's outputs is averaged.
  private func averaged(_ outputs: UnsafeBufferPointer<Float>) -> [Double] {
    switch kind {
    case .crossEntropy: softmax(outputs)
    case .binaryCrossEntropy: outputs.map { 1 / (1 + exp(-Double($0))) }
    // Variances, of which the outputs are half the logarithms.
    case .gaussian:
      outputs.enumerated().map { $0 % 2 == 1 ? exp(2 * Double($1)) : Double($1) }
    default: outputs.map { Double($0) }
    }
  }

  /// The outputs of a model that says what these say on average, [rows, O]; valid until the next call.
  func outputs() -> UnsafePointer<Float> {
    for place in 0..<rows * width { results.base[place] = Float(output(place)) }
    return UnsafePointer(results.base)
  }

  private func output(_ place: Int) -> Double {
    let mean = means.base[place]
    // No probability is 0 for want of digits.
    let smallest = Double(Float.leastNormalMagnitude)
    switch kind {
    case .crossEntropy: return log(max(mean, smallest))
    case .binaryCrossEntropy: return log(max(mean, smallest) / max(1 - mean, smallest))
    case .gaussian where place % 2 == 1:
      return 0.5 * log(max(mean + squares.base[place - 1] / Double(members), smallest))
    default: return mean
    }
  }

  /// The deviations between the models in a row: of the probability of the likeliest class, of each
  /// label's, or of each target's value as the model sees it.
  func spreads(ofRow row: Int) -> [Double] {
    let start = row * width
    let places: [Int] =
      switch kind {
      case .crossEntropy:
        [(start..<start + width).max { means.base[$0] < means.base[$1] } ?? start]
      case .binaryCrossEntropy: Array(start..<start + width)
      default: stride(from: start, to: start + width, by: reading.width).map { $0 + reading.point }
      }
    return places.map { (squares.base[$0] / Double(members)).squareRoot() }
  }
}
