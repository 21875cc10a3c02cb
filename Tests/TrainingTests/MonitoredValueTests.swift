import Foundation
import SequenceData
import Settings
import TestSupport
import Testing
import Training

/// What decides which validation is the best.
struct MonitoredValueTests {
  /// Of validations of values.
  private static func monitored(
    _ monitor: Configuration.Training.Monitor
  ) throws -> MonitoredValue {
    let targets = TargetKind.values(width: 1)
    return try MonitoredValue(monitor, targets: targets, score: .standard(for: targets))
  }

  private static func result(nse: Double?, loss: Double = 1) -> EvaluationResult {
    var measures = Measures()
    measures.nse = nse
    measures.rmse = nse.map { 1 - $0 }
    var result = EvaluationResult(loss: loss, tokens: 1)
    result.overall = measures
    return result
  }

  /// A higher efficiency is better, whatever the loss; one that is not defined never is.
  @Test func efficiencyDecides() throws {
    let monitored = try Self.monitored(.nse)
    var progress = TrainingProgress()
    let efficiencies: [Double?] = [nil, -2, -1, 0.5, nil, 0.5, 0.4, 0.6]
    let best = efficiencies.enumerated().map { index, nse in
      progress.step = index + 1
      return progress.add(Self.result(nse: nse, loss: Double(index)), by: monitored)
    }
    #expect(best == [false, true, true, true, false, false, false, true])
    #expect(progress.bestStep == 8 && progress.bestValidationLoss == 7)
    progress.step = 9
    progress.note(Self.result(nse: 0.5, loss: 0))
    #expect(progress.bestValidation(by: monitored)?.step == 8)
    progress.note(Self.result(nse: 0.7, loss: 9))
    #expect(progress.bestValidation(by: monitored)?.step == 9)
    progress.note(Self.result(nse: nil, loss: 0))
    #expect(progress.bestValidation(by: monitored)?.step == 8)
  }

  @Test func eachMeasureHasADirection() throws {
    let lower: Set<Configuration.Training.Monitor> = [.loss, .score, .rmse, .mae, .esr]
    var better = Measures()
    var worse = Measures()
    for measure in Measure.allCases {
      better[measure] = measure.higherIsBetter ? 1 : -1
      worse[measure] = 0
    }
    for monitor in Configuration.Training.Monitor.allCases where monitor != .accuracy {
      let monitored = try Self.monitored(monitor)
      let costs = [better, worse].map { measures in
        let value: Double = lower.contains(monitor) ? measures.rmse ?? 0 : measures.nse ?? 0
        var result = EvaluationResult(loss: value, tokens: 1)
        result.score = value
        result.overall = measures
        result.sequences = SequenceMeasures(median: ["y": measures], mean: [:], count: 1)
        return monitored.cost(of: result)
      }
      #expect(costs == [-1, 0], "\(monitor)")
    }
  }

  @Test func theMedianIsOverSequencesAndTheMeanOverTargets() throws {
    var (left, right) = (Measures(), Measures())
    (left.kge, right.kge) = (0.25, 0.75)
    var result = Self.result(nse: 1)
    result.sequences = SequenceMeasures(
      median: ["left": left, "right": right], mean: [:], count: 3)
    let monitored = try Self.monitored(.medianKGE)
    #expect(monitored.value(of: result) == 0.5)
    #expect(monitored.value(of: Self.result(nse: 1)) == nil)
    #expect(monitored.cost(of: Self.result(nse: 1)).isNaN)
  }

  @Test(arguments: [
    (Configuration.Training.Monitor.accuracy, TargetKind.values(width: 2)),
    (.nse, .classes(count: 3)), (.medianNSE, .labels(count: 3)), (.score, .classes(count: 3)),
  ])
  func whatTheDataDoNotHaveIsRefused(
    monitor: Configuration.Training.Monitor, targets: TargetKind
  ) throws {
    let error = try #require(throws: TrainingError.self) {
      try MonitoredValue(monitor, targets: targets, score: .standard(for: targets))
    }
    #expect(
      "\(error)".hasPrefix("training.monitor: \(monitor.rawValue) needs "), "\(error)")
  }

  @Test func theScoreOfATaskHasItsOwnDirection() throws {
    var result = EvaluationResult(loss: 1, tokens: 1)
    result.score = 0.5
    let classes = try MonitoredValue(
      .score, targets: .classes(count: 3),
      score: Score(name: "task", measure: .accuracy, threshold: 0.9))
    #expect(classes.cost(of: result) == -0.5)
    #expect(try Self.monitored(.score).cost(of: result) == 0.5)
  }

  // MARK: Runs that go on

  /// A checkpoint of an earlier version knows of losses only, and goes on with them.
  @Test func earlierCheckpointsWereWatchedByTheirLoss() throws {
    var earlier = TrainingProgress()
    _ = earlier.add(EvaluationResult(loss: 2, tokens: 1))
    var object = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(earlier)) as? [String: Any])
    for key in ["bestCost", "monitor"] { object[key] = nil }
    #expect(object["bestValidationLoss"] as? Double == 2)
    var progress = try JSONDecoder().decode(
      TrainingProgress.self, from: JSONSerialization.data(withJSONObject: object))
    let hasChanged = progress.watch(.loss)
    #expect(!hasChanged && progress.monitor == "loss" && progress.bestValidationLoss == 2)
    let isBest = [2.5, 1.5].map { progress.add(EvaluationResult(loss: $0, tokens: 1)) }
    #expect(isBest == [false, true])
  }

  @Test func anotherMonitorBeginsAnew() throws {
    var progress = TrainingProgress()
    _ = progress.watch(.loss)
    for loss in [2.0, 3, 4] { _ = progress.add(EvaluationResult(loss: loss, tokens: 1)) }
    #expect(progress.validationsWithoutImprovement == 2)
    let monitored = try Self.monitored(.nse)
    let hasChanged = progress.watch(monitored)
    #expect(hasChanged)
    #expect(progress.bestStep == nil && progress.validationsWithoutImprovement == 0)
    let isBest = progress.add(Self.result(nse: -5, loss: 9), by: monitored)
    #expect(isBest, "the first one")
    let hasChangedAgain = progress.watch(monitored)
    #expect(!hasChangedAgain && progress.bestValidationLoss == 9)
  }
}

/// The same in whole runs.
struct MonitoredRunTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func series(_ training: String) throws -> String {
    let rows = (0..<200).map { "\(sin(Double($0) * 0.3)),\(1e3 + 5 * cos(Double($0) * 0.2))\n" }
    let data = try folder.write("left,right\n" + rows.joined(), to: "series.csv")
    return """
      data: {kind: series, train: \(data), cache: \(folder("cache"))}
      model: {cell: gru, hidden: 4}
      batch: {streams: 2}
      bptt: {k1: 8}
      optimizer: {kind: adam, learning_rate: 0.3}
      training: {\(training)}
      """
  }

  /// At this rate loss and measures go up and down, so that the last is not the best.
  @Test(arguments: ["kge", "rmse", "median_nse"])
  func theBestIsByWhatIsMonitored(monitor: String) throws {
    let run = try Run(
      try series("steps: 16, validate_every: 2, monitor: \(monitor)"), in: folder)
    let validations = run.records.compactMap { record in
      record.validation.map { (step: record.step, result: $0) }
    }
    #expect(validations.count == 8)
    #expect(validations.allSatisfy { $0.result.monitored?.name == monitor })
    let values = validations.map { $0.result.monitored?.value ?? .nan }
    let best = monitor == "rmse" ? values.min() : values.max()
    let index = try #require(values.firstIndex { $0 == best })
    #expect(run.summary.bestStep == validations[index].step)
    let kept = try JSONDecoder().decode(
      TrainingProgress.self, from: Data(folder.text("run/checkpoints/best/training.json").utf8))
    #expect(kept.step == validations[index].step)
  }

  @Test func measuresAreOfEachColumnInItsUnits() throws {
    let run = try Run(try series("steps: 4"), in: folder)
    let validation = try #require(run.summary.validation)
    let measures = try #require(validation.measures)
    #expect(measures.keys.sorted() == ["left", "right"])
    let left = try #require(measures["left"]?.rmse)
    let right = try #require(measures["right"]?.rmse)
    let together = ((left * left + right * right) / 2).squareRoot()
    let error = try #require(validation.rootMeanSquareError)
    #expect(abs(together - error) < 1e-12 * error)
    #expect(validation.overall?.rmse == (left + right) / 2)
    #expect(validation.sequences?.count == 1)
    // A column of 1000 ± 5: its mean is nearly all of its signal.
    #expect(try #require(measures["right"]?.esr) < 1e-3)
  }

  @Test func anotherMonitorBeginsAnewOnResuming() throws {
    _ = try Run(try series("steps: 4, validate_every: 2"), in: folder)
    let second = try Run(
      try series("steps: 8, validate_every: 2, monitor: r2"), in: folder, resume: true)
    #expect(second.summary.bestStep ?? 0 > 4, "the loss's best says nothing of the other")
  }
}
