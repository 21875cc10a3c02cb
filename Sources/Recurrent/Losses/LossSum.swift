/// Sums over counted time steps and streams; divided once, by the global count.
package struct LossSum: Sendable, Equatable, BitwiseCopyable {
  /// Σ weight · loss.
  package var sum = 0.0
  /// Σ weight · share, the part of a time step whose targets are there; of the error-to-signal ratio the
  /// signal's energy.
  package var count = 0.0
  /// Σ weight: the time steps that count.
  package var timeSteps = 0.0
  /// Σ weight over time steps that were predicted right.
  package var hits = 0.0
  /// How many time steps the task's score looked at.
  package var scored = 0.0
  /// How many of those were predicted right.
  package var scoredHits = 0.0

  /// Nothing yet.
  package init() {}

  /// sum / count.
  package var mean: Double { sum / count }
}

extension LossSum {
  package static func + (left: LossSum, right: LossSum) -> LossSum {
    var sum = left
    sum.sum += right.sum
    sum.count += right.count
    sum.timeSteps += right.timeSteps
    sum.hits += right.hits
    sum.scored += right.scored
    sum.scoredHits += right.scoredHits
    return sum
  }
}
