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
  var values: [Double]?
  /// Of a Gaussian: σ of each value.
  var deviations: [Double]?
  /// The levels' quantiles of each value.
  var quantiles: [[Double]]?
  /// The deviation of the probability between models, where several are averaged.
  var spread: Double?
  /// The same of each label's probability, or of each value.
  var spreads: [Double]?
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
      return values(outputs)
    }
  }

  private func values(_ outputs: UnsafeBufferPointer<Float>) -> StepPrediction {
    let columns =
      data.columns?.targets
      ?? (0..<description.targets).map { SeriesColumn(name: "\($0 + 1)") }
    let meaning = SeriesOutputs(configuration.loss, targets: columns)
    let said = meaning.values(outputs)
    var prediction = StepPrediction(values: meaning.points.map { said[$0] })
    switch configuration.loss.kind {
    case .gaussian: prediction.deviations = meaning.points.map { said[$0 + 1] }
    case .quantile:
      let levels = configuration.loss.levels.count
      prediction.quantiles = columns.indices.map { Array(said[$0 * levels..<($0 + 1) * levels]) }
    default: break
    }
    return prediction
  }
}
