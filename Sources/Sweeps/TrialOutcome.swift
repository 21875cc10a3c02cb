/// How a trial has ended.
package struct TrialOutcome: Sendable, Equatable, Codable {
  /// The ways to end.
  package enum State: String, Sendable, Codable {
    /// It was trained to its end.
    case done
    /// It cannot be trained, or went wrong.
    case failed
    /// It was behind the others.
    case stopped
    /// A signal ended it; it wants to go on.
    case interrupted
  }

  /// The trial's number.
  package var number: Int
  /// How it ended.
  package var state: State
  /// Updates made.
  package var steps: Int?
  /// The best validation, by what `training.monitor` names.
  package var bestValidation: Double?
  /// The same as a cost: lower is better.
  package var bestCost: Double?
  /// The same measure of the test part, where there is one.
  package var test: Double?
  /// Seconds of training.
  package var seconds: Double?
  /// Why it failed, or was stopped.
  package var reason: String?

  /// An outcome of which only this is known.
  package init(number: Int, state: State, reason: String? = nil) {
    self.number = number
    self.state = state
    self.reason = reason
  }

  enum CodingKeys: String, CodingKey {
    case number, state, steps, test, seconds, reason
    case bestValidation = "best_validation"
    case bestCost = "best_cost"
  }
}

/// What is to be done with a trial of a sweep that goes on.
package enum TrialDecision: Sendable, Equatable {
  /// It has ended.
  case keep
  /// It is begun, or gone on with.
  case train
  /// Its folder is removed, and it is begun anew.
  case redo

  /// - Parameters:
  ///   - earlier: how it has ended, if it has.
  ///   - retryFailed: whether failed trials are made again.
  package init(_ earlier: TrialOutcome?, retryFailed: Bool) {
    self =
      switch earlier?.state {
      case .done, .stopped: .keep
      case .failed: retryFailed ? .redo : .keep
      case .interrupted, nil: .train
      }
  }
}
