/// A step whose lines of metrics differ in two runs.
public struct StepDifference: Sendable, Equatable, Codable {
  /// The number of updates made, this one included.
  public let step: Int
  /// The names of the figures that differ, in the order in which a step makes them.
  public let differing: [String]
  /// The left run's figures.
  public let left: StepFigures
  /// The right run's figures.
  public let right: StepFigures

  /// nil if no bit differs. A hash that only one of them has is not compared.
  init?(_ left: StepFigures, _ right: StepFigures) {
    differing = zip(left.texts, right.texts).compactMap { own, other -> String? in
      guard let text = own.text, let otherText = other.text, text != otherText else { return nil }
      return own.name
    }
    guard !differing.isEmpty else { return nil }
    step = left.step
    self.left = left
    self.right = right
  }
}

/// What of a step's line of metrics is the same in runs that are the same.
public struct StepFigures: Sendable, Equatable, Codable {
  /// The number of updates made, this one included.
  public let step: Int
  /// The mean loss of the window, of the weights before the update.
  public let loss: Double
  /// The norm of the mean gradient before clipping.
  public let gradientNorm: Double
  /// The rate that the update used.
  public let learningRate: Double
  /// The SHA-256 of all parameters after the update, where the line has one.
  public let parametersHash: String?

  enum CodingKeys: String, CodingKey {
    case step, loss
    case gradientNorm = "gradient_norm"
    case learningRate = "learning_rate"
    case parametersHash = "parameters_sha256"
  }
}

extension StepFigures {
  /// Each figure by its name in `metrics.jsonl`, in the order in which a step makes them. A number's
  /// text is the shortest that reads back as the same bits, so other bits are another text.
  var texts: [(name: String, text: String?)] {
    [
      (CodingKeys.loss.rawValue, "\(loss)"),
      (CodingKeys.gradientNorm.rawValue, "\(gradientNorm)"),
      (CodingKeys.learningRate.rawValue, "\(learningRate)"),
      (CodingKeys.parametersHash.rawValue, parametersHash),
    ]
  }
}
