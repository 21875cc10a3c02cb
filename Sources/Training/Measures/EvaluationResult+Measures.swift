/// What is usual over the sequences of a corpus.
public struct SequenceMeasures: Sendable, Equatable, Codable {
  /// The median over sequences of each measure, by target.
  public var median: [String: Measures]
  /// The mean over sequences of each measure, by target.
  public var mean: [String: Measures]
  /// The sequences that have a counted value.
  public var count: Int

  package init(median: [String: Measures], mean: [String: Measures], count: Int) {
    self.median = median
    self.mean = mean
    self.count = count
  }
}

/// What a validation was watched by, where that is not its loss.
public struct MonitoredFigure: Sendable, Equatable, Codable {
  /// As in `training.monitor`.
  public var name: String
  /// Nil where it is not defined.
  public var value: Double?
}

extension EvaluationResult {
  /// Takes over what a report has to say of the corpus as a whole.
  mutating func add(_ report: MeasureReport) {
    func named(_ all: [Measures]) -> [String: Measures] {
      Dictionary(uniqueKeysWithValues: zip(report.targetNames, all))
    }
    measures = named(report.targets)
    overall = report.targets.count == 1 ? report.targets[0] : Measures.mean(of: report.targets)
    sequences = SequenceMeasures(
      median: named(report.medians), mean: named(report.means), count: report.measuredCount)
    let error = report.rootMeanSquareError
    rootMeanSquareError = error.isFinite ? error : nil
  }
}
