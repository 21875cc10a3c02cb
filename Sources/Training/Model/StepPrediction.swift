import Foundation
import SequenceData

/// What a model says of one time step: one of the three, by its targets.
struct StepPrediction: Encodable {
  var id: SequenceRecord.Identifier?
  var `class`: Int?
  var symbol: String?
  var probability: Double?
  var labels: [Int]?
  var probabilities: [Double]?
  var values: [Float]?
}

extension TrainedModel {
  /// What outputs say, by the kind of the targets.
  func prediction(_ outputs: UnsafeBufferPointer<Float>) -> StepPrediction {
    switch data.targetKind {
    case .classes:
      let probabilities = softmax(outputs)
      let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
      return StepPrediction(class: best, probability: probabilities[best])
    case .labels:
      let probabilities = outputs.map { 1 / (1 + exp(-Double($0))) }
      return StepPrediction(
        labels: probabilities.indices.filter { probabilities[$0] > 0.5 },
        probabilities: probabilities)
    case .values:
      return StepPrediction(values: Array(outputs))
    }
  }
}
