/// What one update goes by, beside the gradients.
package struct Update: Sendable, Equatable {
  /// The number of this update, from 1.
  package let step: Int
  /// The rate of this update.
  package let learningRate: Double
  /// The global count of counted time steps, by which the summed gradients are divided.
  package let divisor: Double
  /// The norm of the whole mean gradient.
  package let norm: Double

  package init(step: Int, learningRate: Double, divisor: Double, norm: Double) {
    precondition(step >= 1, "the step is counted from 1, got \(step)")
    precondition(divisor > 0, "the divisor must be more than 0, got \(divisor)")
    self.step = step
    self.learningRate = learningRate
    self.divisor = divisor
    self.norm = norm
  }
}
