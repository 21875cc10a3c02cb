import Optimization

/// How far a run has come: everything but weights, moments and states that it needs to go on.
/// Kept in every checkpoint as `training.json`.
package struct TrainingProgress: Sendable, Codable, Equatable {
  /// Updates made.
  package var step = 0
  /// The current epoch, counted from 0.
  package var epoch = 0
  /// The epoch's next window.
  package var window = 0
  /// Time steps of the epochs before this one.
  package var earlierTimeSteps = 0
  /// Counted time steps of all ranks.
  package var tokens = 0.0
  /// Seconds spent in training, over all sessions.
  package var seconds = 0.0
  /// Losses of the running epoch.
  package var epochLoss = 0.0
  /// Counted time steps of the running epoch.
  package var epochTokens = 0.0
  /// The mean loss of the last whole epoch.
  package var lastEpochLoss: Double?
  /// The plateau schedule's state.
  package var plateau: ReduceOnPlateau.State?
  /// What decides which validation is the best, by its name in the configuration; a checkpoint of an
  /// earlier version, where the loss did, does not say.
  package var monitor: String?
  /// The loss of the best validation that was due.
  package var bestValidationLoss: Double?
  /// What was monitored of it, as a cost: lower is better. A checkpoint of an earlier version does not
  /// have it beside the loss.
  package var bestCost: Double?
  /// The step that it followed.
  package var bestStep: Int?
  /// Validations since then.
  package var validationsWithoutImprovement = 0
  /// The last validation.
  package var lastValidation: EvaluationResult?
  /// The step that it followed.
  package var lastValidationStep: Int?
  /// Whether a validation that was due after this step was not made, as the run was to stop: who goes on
  /// makes it first. A checkpoint of an earlier version does not say.
  package var owesValidation: Bool?
  /// Whether patience has run out.
  package var stoppedEarly = false

  // What made the checkpoint, for those who look at it.

  /// The run's seed.
  package var seed: UInt64 = 0
  /// The kernel variant.
  package var variant = ""
  /// The number of ranks.
  package var ranks = 1
  /// The workers of each rank.
  package var workers = 1
  /// The leaves of the minibatch; a checkpoint of an earlier version does not say.
  package var leaves: Int?

  /// A run that has not begun.
  package init() {}

  /// The mean training loss of the running epoch, or of the last one where none has begun.
  package var trainingLoss: Double? {
    epochTokens > 0 ? epochLoss / epochTokens : lastEpochLoss
  }

  /// Adds an update.
  package mutating func add(_ record: StepRecord) {
    step = record.step
    tokens += record.tokens
    epochLoss += record.loss * record.tokens
    epochTokens += record.tokens
  }

  /// Goes on to the next epoch.
  package mutating func endEpoch(timeSteps: Int) {
    epoch += 1
    window = 0
    earlierTimeSteps += timeSteps
    lastEpochLoss = epochTokens > 0 ? epochLoss / epochTokens : nil
    epochLoss = 0
    epochTokens = 0
  }

  /// The best validation's loss and its step, the last validation included even if it was not due.
  ///
  /// - Parameter monitored: what makes it the best.
  package func bestValidation(
    by monitored: MonitoredValue = .loss
  ) -> (loss: Double, step: Int)? {
    guard let last = lastValidation, let lastStep = lastValidationStep else { return nil }
    guard let best = bestValidationLoss, let bestStep,
      !(monitored.cost(of: last) < bestCost ?? best)
    else { return (last.loss, lastStep) }
    return (best, bestStep)
  }

  /// Remembers a validation that nothing depends on.
  package mutating func note(_ validation: EvaluationResult) {
    lastValidation = validation
    lastValidationStep = step
  }

  /// Takes note of a validation that was due; true if it is the best so far.
  ///
  /// - Parameters:
  ///   - validation: its result.
  ///   - monitored: what makes it the best.
  package mutating func add(
    _ validation: EvaluationResult, by monitored: MonitoredValue = .loss
  ) -> Bool {
    note(validation)
    let cost = monitored.cost(of: validation)
    guard cost < bestCost ?? bestValidationLoss ?? .infinity else {
      validationsWithoutImprovement += 1
      return false
    }
    bestValidationLoss = validation.loss
    bestCost = cost
    bestStep = step
    validationsWithoutImprovement = 0
    return true
  }

  /// Lets something decide from now on which validation is the best. If something else did before, its
  /// best says nothing any more, so best, patience and plateau begin anew.
  ///
  /// - Parameter monitored: what decides.
  /// - Returns: whether something else did before.
  package mutating func watch(_ monitored: MonitoredValue) -> Bool {
    let hasChanged = monitor ?? MonitoredValue.loss.name != monitored.name
    monitor = monitored.name
    guard hasChanged else { return false }
    bestValidationLoss = nil
    bestCost = nil
    bestStep = nil
    validationsWithoutImprovement = 0
    plateau?.best = nil
    plateau?.badValidations = 0
    return true
  }
}
