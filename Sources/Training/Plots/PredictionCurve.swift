import Files
import SequenceData
import Tracking

/// What a model says of one target of a sequence, beside what is true.
package struct PredictionCurve: Sendable {
  /// What it is of.
  package let title: String
  /// NaN where nobody measured.
  package let truth: [Double]  // [T]
  package let prediction: [Double]  // [T]
  /// The ends of the interval that the model gives, if it does.
  package let interval: (lower: [Double], upper: [Double])?  // [T]

  /// - Parameters:
  ///   - title: what it is of.
  ///   - truth: of each time step; NaN where nobody measured.
  ///   - prediction: of each time step.
  ///   - interval: the lowest and highest value of each time step that the model finds likely.
  package init(
    title: String, truth: [Double], prediction: [Double],
    interval: (lower: [Double], upper: [Double])? = nil
  ) {
    precondition(truth.count == prediction.count, "\(truth.count) and \(prediction.count) values")
    self.title = title
    self.truth = truth
    self.prediction = prediction
    self.interval = interval
  }
}

extension TrainedModel {
  /// Whether its targets are values.
  package var tellsValues: Bool {
    if case .values = data.targetKind { true } else { false }
  }

  /// A picture of the validation part and what the model says of it; nil where there is nothing to draw.
  ///
  /// - Parameters:
  ///   - gnuplot: what draws.
  ///   - log: a file for its messages, which stays where it failed.
  /// - Throws: what `predictionCurves` and `RunPlots.picture` do.
  func predictionPicture(_ gnuplot: Gnuplot, errorsTo log: String) throws -> PNGPicture? {
    let curves = try predictionCurves(on: nil)
    guard !curves.isEmpty else { return nil }
    let picture = try RunPlots([], predictions: curves)
      .picture(gnuplot, isPNG: true, errorsTo: log)
    try FileSystem().remove(log)
    return PNGPicture(picture)
  }

  /// The model on a file, or on the validation part of its own data if nil: the first sequence's first
  /// targets.
  ///
  /// - Parameters:
  ///   - path: a file like the training data.
  ///   - most: the largest number of targets.
  /// - Throws: `TrainingError.unsuitable` unless the model is one of values and there are such data;
  ///   errors of the file.
  package func predictionCurves(on path: String?, most: Int = 3) throws -> [PredictionCurve] {
    guard tellsValues else {
      throw TrainingError.unsuitable(
        "\(self.path): the model is none of values, so there is no prediction to plot; leave out "
          + "--data")
    }
    let sequences = try simulation(on: path)
    guard let sequence = sequences.first else { return [] }
    let ofSeveral = sequences.count > 1 ? ", the first of \(sequences.count) sequences" : ""
    return sequence.targetNames.indices.prefix(most).map { target in
      let interval = sequence.lower.flatMap { lower in
        sequence.upper.map { upper in (lower: lower[target], upper: upper[target]) }
      }
      return PredictionCurve(
        title: "\(sequence.targetNames[target]) of \(sequence.name)\(ofSeveral)",
        truth: sequence.truth[target], prediction: sequence.prediction[target],
        interval: interval)
    }
  }
}
