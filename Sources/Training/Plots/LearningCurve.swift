import Files

/// How the losses of a run went.
package struct LearningCurve: Sendable {
  /// Some consecutive steps.
  package struct Stretch: Sendable, Equatable {
    /// The last of them.
    package let step: Int
    /// Their mean training loss; NaN where it is not a number.
    package let mean: Double
    /// The lowest.
    package let lowest: Double
    /// The highest.
    package let highest: Double
  }

  /// What a validation has found.
  package struct Point: Sendable, Equatable {
    /// The number of updates made before it.
    package let step: Int
    package let value: Double
  }

  /// The run.
  package let name: String
  /// The training losses, step by step or, of a long run, in stretches.
  package let training: [Stretch]
  /// The validation losses.
  package let validation: [Point]
  /// The measure beside the loss, if the validations have one.
  package let measure: LearningMeasure?
  /// Its values.
  package let measured: [Point]

  /// As many stretches as a picture can show.
  private static let mostStretches = 500

  /// Reads the metrics of the run in a folder.
  ///
  /// - Parameters:
  ///   - path: the run's folder.
  ///   - name: what it is called.
  /// - Throws: `TrainingError.notARun`; `TrainingError.unsuitable` if it has made no step; `FileError`.
  package init(path: String, name: String) throws {
    let folder = RunFolder(path: path)
    guard folder.isOfRun else { throw TrainingError.notARun(path: path) }
    var losses: [(step: Int, loss: Double)] = []
    var validations: [(step: Int, result: EvaluationResult)] = []
    for line in try MetricsReader<CurveLine>(folder) {
      losses.append((line.step, line.loss))
      if let result = line.validation { validations.append((line.step, result)) }
    }
    guard !losses.isEmpty else {
      throw TrainingError.unsuitable(
        "\(folder.metrics): has no step to plot; train the run first")
    }
    let measure = validations.last.flatMap { LearningMeasure($0.result) }
    self.name = name
    self.measure = measure
    training = Thinning.stretches(of: losses.count, bins: Self.mostStretches).map { stretch in
      let part = losses[stretch].map(\.loss)
      return Stretch(
        step: losses[stretch.upperBound - 1].step,
        mean: part.reduce(0, +) / Double(part.count), lowest: part.min() ?? .nan,
        highest: part.max() ?? .nan)
    }
    validation = validations.map { Point(step: $0.step, value: $0.result.loss) }
    measured = validations.compactMap { validation in
      measure?.value(validation.result).map { Point(step: validation.step, value: $0) }
    }
  }
}

/// What of a line of metrics is drawn.
private struct CurveLine: Decodable {
  let step: Int
  let loss: Double
  let validation: EvaluationResult?
}
