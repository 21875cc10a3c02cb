import SequenceData
import Settings

/// The number of a validation that decides which one is the best, whether patience runs out, and when a
/// plateau lowers the learning rate.
package struct MonitoredValue: Sendable, Equatable {
  private let monitor: Configuration.Training.Monitor
  private let higherIsBetter: Bool

  /// The loss, which every validation has.
  package static let loss = MonitoredValue(.loss, higherIsBetter: false)

  private init(_ monitor: Configuration.Training.Monitor, higherIsBetter: Bool) {
    self.monitor = monitor
    self.higherIsBetter = higherIsBetter
  }

  /// What a configuration wants to be watched.
  ///
  /// - Parameters:
  ///   - monitor: its `training.monitor`.
  ///   - targets: what is predicted.
  ///   - score: the task's score.
  /// - Throws: `TrainingError.unsuitable` if no validation of such data has it.
  package init(
    _ monitor: Configuration.Training.Monitor, targets: TargetKind, score: Score
  ) throws(TrainingError) {
    let isOfValues = if case .values = targets { true } else { false }
    func require(_ isThere: Bool, _ needs: String, or others: String) throws(TrainingError) {
      guard !isThere else { return }
      throw .unsuitable(
        "training.monitor: \(monitor.rawValue) needs \(needs), but the data have "
          + "\(targets.words); monitor \(others)")
    }
    switch monitor {
    case .loss: self = .loss
    case .accuracy:
      try require(!isOfValues, "classes or labels", or: "loss or rmse")
      self.init(monitor, higherIsBetter: true)
    case .score:
      try require(isOfValues || score.threshold != nil, "a task of its own", or: "accuracy")
      self.init(monitor, higherIsBetter: score.higherIsBetter)
    default:
      try require(isOfValues, "values to predict", or: "loss or accuracy")
      self.init(monitor, higherIsBetter: Self.measure(monitor)?.higherIsBetter == true)
    }
  }

  /// What was watched in a run whose data are not at hand.
  ///
  /// - Parameters:
  ///   - monitor: its `training.monitor`.
  ///   - isOfValues: whether its validations are of values rather than of classes or labels.
  init(_ monitor: Configuration.Training.Monitor, isOfValues: Bool) {
    let higherIsBetter =
      switch monitor {
      case .loss: false
      case .accuracy: true
      case .score: !isOfValues
      default: Self.measure(monitor)?.higherIsBetter == true
      }
    self.init(monitor, higherIsBetter: higherIsBetter)
  }

  /// Its name in the configuration.
  package var name: String { monitor.rawValue }

  /// Whether it is the loss.
  package var isLoss: Bool { monitor == .loss }

  /// Its value in a result; of several targets their mean, and nil where it is not defined.
  package func value(of result: EvaluationResult) -> Double? {
    switch monitor {
    case .loss: return result.loss
    case .accuracy: return result.accuracy
    case .score: return result.score
    default:
      guard let measure = Self.measure(monitor) else { return nil }
      guard Self.isMedian(monitor) else { return result.overall?[measure] }
      // By name, so that no layout and no session adds them in another order.
      let medians = result.sequences?.median.sorted { $0.key < $1.key }.map(\.value)
      return Measures.mean(of: medians ?? [])[measure]
    }
  }

  /// The same as a cost: lower is better, and NaN, where it is not defined, is never better.
  package func cost(of result: EvaluationResult) -> Double {
    guard let value = value(of: result) else { return .nan }
    return higherIsBetter ? -value : value
  }

  /// The value that has a cost.
  package func value(ofCost cost: Double) -> Double { higherIsBetter ? -cost : cost }

  private static func isMedian(_ monitor: Configuration.Training.Monitor) -> Bool {
    monitor == .medianNSE || monitor == .medianKGE
  }

  /// The measure that is watched, if it is one.
  private static func measure(_ monitor: Configuration.Training.Monitor) -> Measure? {
    switch monitor {
    case .medianNSE: .nse
    case .medianKGE: .kge
    default: Measure(rawValue: monitor.rawValue)
    }
  }
}
