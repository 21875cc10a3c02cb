import Files
import Foundation
import Settings

/// A run at a glance, as its folder tells it.
public struct ListedRun: Sendable, Equatable, Codable {
  /// What is going on with a run.
  public enum State: String, Sendable, Equatable, Codable {
    /// A process holds the folder's lock.
    case running
    /// It has done what its configuration asks for.
    case finished
    /// It was stopped in good order.
    case interrupted
    /// An error, or a kill, has ended it.
    case brokenOff = "broken off"
  }

  /// The best validation.
  public struct Best: Sendable, Equatable, Codable {
    /// What decides it, as in `training.monitor`.
    public let name: String
    /// Its value.
    public let value: Double
    /// The number of updates made before it.
    public let step: Int
  }

  /// The run's folder.
  public let path: String
  /// What is going on with it.
  public let state: State
  /// The updates made; 0 before the first.
  public let steps: Int
  /// The last one that the configuration asks for, if it counts them.
  public let lastStep: Int?
  /// The epoch of the last update, counted from 1; 0 before the first.
  public let epoch: Int
  /// The last one that the configuration asks for, if it counts them.
  public let lastEpoch: Int?
  /// The best validation, if there was one.
  public let best: Best?
  /// Seconds since it last wrote a step.
  public let age: Double

  enum CodingKeys: String, CodingKey {
    case path, state, steps, epoch, best
    case lastStep = "last_step"
    case lastEpoch = "last_epoch"
    case age = "age_seconds"
  }
}

extension ListedRun {
  /// Looks into a run's folder. What cannot be read there is as if it were not there: a list shows what
  /// there is.
  ///
  /// - Parameters:
  ///   - folder: the run's.
  ///   - now: the time.
  init(_ folder: RunFolder, now: Date) {
    let configuration = try? Configuration(savedAt: folder.configuration)
    let summary = (try? TextFile.bytes(of: folder.summary)).flatMap {
      JSON.value(TrainingSummary.self, from: $0)
    }
    let last = (try? MetricsReader<PlaceLine>(folder))?.last()
    path = folder.path
    steps = last?.step ?? 0
    epoch = last?.epoch ?? 0
    lastStep = configuration?.training.steps
    lastEpoch = configuration?.training.epochs
    // A run that went on has come further than the summary that it left before.
    let outcome = summary.flatMap { $0.steps >= last?.step ?? 0 ? $0 : nil }
    state =
      if folder.isLocked { .running } else {
        outcome.map { Self.state($0, configuration) } ?? .brokenOff
      }
    best = Self.best(folder, configuration, outcome)
    age = FileSystem.age(of: folder.metrics, now: now) ?? 0
  }

  private static func state(
    _ summary: TrainingSummary, _ configuration: Configuration?
  ) -> State {
    if summary.interrupted { return .interrupted }
    guard let training = configuration?.training, !summary.stoppedEarly else { return .finished }
    // It was asked for more since, and has not come to its first step.
    let isDone =
      summary.steps >= training.steps ?? .max || summary.epochs >= training.epochs ?? .max
    return isDone ? .finished : .brokenOff
  }

  /// The best of the validations in the metrics, and of the one at the run's end, which is not there.
  private static func best(
    _ folder: RunFolder, _ configuration: Configuration?, _ outcome: TrainingSummary?
  ) -> Best? {
    var validations: [(result: EvaluationResult, step: Int)] = []
    if let lines = try? MetricsReader<ValidationLine>(folder, where: StepLine.hasValidation) {
      for line in lines { validations.append((line.validation, line.step)) }
    }
    if let outcome, let result = outcome.validation, outcome.bestStep == outcome.steps {
      validations.append((result, outcome.steps))
    }
    guard let last = validations.last else { return nil }
    let monitored = MonitoredValue(
      configuration?.training.monitor ?? .loss, isOfValues: last.result.accuracy == nil)
    var best: (cost: Double, step: Int, value: Double)?
    for (result, step) in validations {
      let cost = monitored.cost(of: result)
      guard cost < best?.cost ?? .infinity, let value = monitored.value(of: result) else {
        continue
      }
      best = (cost, step, value)
    }
    return best.map { Best(name: monitored.name, value: $0.value, step: $0.step) }
  }
}

/// How far a line of metrics says that a run has come.
private struct PlaceLine: Decodable {
  let step: Int
  let epoch: Int
}

/// A line of metrics with a validation.
private struct ValidationLine: Decodable {
  let step: Int
  let validation: EvaluationResult
}
