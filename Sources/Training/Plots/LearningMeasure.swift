/// A measure of validations that is drawn beside the loss.
package struct LearningMeasure: Sendable, Equatable {
  /// As people read it.
  package let name: String
  /// Whether less of it is better.
  package let isError: Bool
  private let kind: Kind

  private enum Kind: Sendable { case monitored, accuracy, rootMeanSquareError }

  /// What is monitored, or the one that says most of such results; nil if they are losses alone.
  init?(_ result: EvaluationResult) {
    if let monitored = result.monitored {
      name = monitored.name
      let measure = Measure(rawValue: monitored.name)
      isError = measure?.higherIsBetter == false
      kind = .monitored
    } else if result.accuracy != nil {
      name = result.isOfSets == true ? "whole sets right" : "accuracy"
      (isError, kind) = (false, .accuracy)
    } else if result.rootMeanSquareError != nil {
      name = "error in data units"
      (isError, kind) = (true, .rootMeanSquareError)
    } else {
      return nil
    }
  }

  /// Its value in a result; nil if it has none.
  func value(_ result: EvaluationResult) -> Double? {
    switch kind {
    case .monitored: result.monitored?.value
    case .accuracy: result.accuracy
    case .rootMeanSquareError: result.rootMeanSquareError
    }
  }
}
