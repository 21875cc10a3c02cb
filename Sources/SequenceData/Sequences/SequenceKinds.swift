/// What a sequence without targets is for.
enum MissingTargets {
  /// To predict each next input; the last input is a target only.
  case nextInput
  /// To be predicted from: every input is a time step, and none counts.
  case uncounted
}

/// What the inputs and targets of a file of sequences are. Counts of symbols, classes and labels are
/// the largest number in the training file + 1.
package struct SequenceKinds: Sendable, Equatable, Codable {
  /// What an input is.
  package let input: InputKind
  /// What a target is.
  package let target: TargetKind
  /// Whether the task is to predict the next input (lines without targets).
  package let predictsNextInput: Bool

  /// These kinds.
  package init(input: InputKind, target: TargetKind, predictsNextInput: Bool) {
    self.input = input
    self.target = target
    self.predictsNextInput = predictsNextInput
  }

  /// Whether the sizes are possible, and a next input can be a target.
  var isSound: Bool {
    guard input.isSound, target.isSound else { return false }
    guard predictsNextInput else { return true }
    switch (input, target) {
    case (.symbols(let symbols), .classes(let classes)): return symbols == classes
    case (.vectors(let inputs), .values(let outputs)), (.vectors(let inputs), .labels(let outputs)):
      return inputs == outputs
    default: return false
    }
  }
}
