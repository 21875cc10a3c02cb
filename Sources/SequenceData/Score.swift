/// How a task's success is measured on validation data, and the value that counts as solved.
package struct Score: Sendable, Equatable, Codable {
  /// How the score is computed over the scored time steps of a window (`Window.scored`).
  package enum Measure: String, Sendable, Equatable, Codable {
    /// The share of the scored time steps whose most probable class is the target; with labels, the
    /// share of labels on the right side of probability ½. Higher is better.
    case accuracy
    /// The mean over scored time steps and outputs of the squared error. Lower is better.
    case meanSquaredError
    /// The square root of the mean squared error in normalised units, which is the error divided by
    /// the deviation of the training part. Lower is better.
    case normalizedRootMeanSquareError
  }

  /// What is measured, in words a person reads: "long-range symbol".
  package let name: String
  /// How it is computed.
  package let measure: Measure
  /// The value from which on the task counts as solved; nil where there is no such value.
  package let threshold: Double?

  /// A score of this name and measure.
  package init(name: String, measure: Measure, threshold: Double? = nil) {
    self.name = name
    self.measure = measure
    self.threshold = threshold
  }

  /// Whether a larger value is a better one.
  package var higherIsBetter: Bool { measure == .accuracy }

  /// Whether this value solves the task; nil where no threshold is set. NaN never solves it.
  package func isSolved(by value: Double) -> Bool? {
    threshold.map { higherIsBetter ? value >= $0 : value <= $0 }
  }

  /// The score of a corpus that has no task of its own: accuracy of classes and labels, mean
  /// squared error of values.
  package static func standard(for target: TargetKind) -> Score {
    switch target {
    case .classes: Score(name: "accuracy", measure: .accuracy)
    case .labels: Score(name: "label accuracy", measure: .accuracy)
    case .values: Score(name: "mean squared error", measure: .meanSquaredError)
    }
  }
}
