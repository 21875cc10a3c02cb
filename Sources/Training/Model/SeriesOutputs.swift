import Foundation
import SequenceData
import Settings

/// What a model's outputs of one time step mean, in the data's units.
struct SeriesOutputs {
  /// The outputs' names: a target's own, `y_q0.9` for a quantile, `y_deviation` for a deviation; behind
  /// them, where several models are averaged, `y_spread` for the deviation between these.
  let names: [String]
  /// Which of them is the prediction of each target.
  let points: [Int]  // [targets]
  /// Which of them bound each target from below and above, where the loss gives bounds.
  let bounds: [(lower: Int, upper: Int)]?  // [targets]
  private let columns: [SeriesColumn]
  private let isGaussian: Bool
  private let perTarget: Int

  init(_ loss: Configuration.Loss, targets: [SeriesColumn], isAveraged: Bool = false) {
    columns = targets
    isGaussian = loss.kind == .gaussian
    let titles = targets.map(\.title)
    let spreads = isAveraged ? titles.map { "\($0)_spread" } : []
    switch loss.kind {
    case .quantile:
      let levels = loss.levels
      perTarget = levels.count
      names = titles.flatMap { title in levels.map { "\(title)_q\($0)" } } + spreads
      let middle = levels.indices.min { abs(levels[$0] - 0.5) < abs(levels[$1] - 0.5) } ?? 0
      points = targets.indices.map { $0 * levels.count + middle }
      bounds =
        levels.count < 2
        ? nil : targets.indices.map { ($0 * levels.count, ($0 + 1) * levels.count - 1) }
    case .gaussian:
      perTarget = 2
      names = titles.flatMap { [$0, "\($0)_deviation"] } + spreads
      points = targets.indices.map { 2 * $0 }
      bounds = nil
    default:
      perTarget = 1
      names = titles + spreads
      points = Array(targets.indices)
      bounds = nil
    }
  }

  /// The outputs of a time step, in the data's units.
  func values(_ outputs: UnsafeBufferPointer<Float>) -> [Double] {
    outputs.indices.map { index in
      let column = columns[index / perTarget]
      // The variance is floored as the loss floors it.
      return isGaussian && index % 2 == 1
        ? max(exp(Double(outputs[index])), 1e-3) * column.scale : column.restore(outputs[index])
    }
  }

  /// Deviations between models, one of each target, in the data's units.
  func spreads(_ spreads: [Double]) -> [Double] {
    zip(spreads, columns).map { $0 * abs($1.scale) }
  }
}
