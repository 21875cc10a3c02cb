/// What the lines of a file of sequences have in common, gathered line by line; refuses a line that
/// does not fit the lines before it, or the kinds that are given.
struct SequenceSurvey {
  /// Inputs or targets: numbers up to a largest one, or vectors.
  private enum Shape: Equatable {
    case numbers
    case vectors(width: Int)
  }

  private let interpretation: TargetInterpretation
  private let given: SequenceKinds?
  private var inputShape: Shape?
  private var targetWidth: Int?
  private var predictsNextInput: Bool?
  /// Whether any sequence was added.
  private(set) var hasSequences = false
  /// How many targets the file keeps a row for.
  private(set) var targetRows = 0
  /// A set of labels is kept as a row of so many numbers at most, 64 MiB.
  private static let mostLabels = 1 << 24
  private var symbolCount = 0
  private var targetCount = 0

  /// - Parameter given: the kinds of the training data or of a trained model, which every line has
  ///   to fit; nil to find them out.
  init(interpretation: TargetInterpretation, given: SequenceKinds?) {
    self.interpretation = interpretation
    self.given = given
    guard let given else { return }
    predictsNextInput = given.predictsNextInput
    inputShape =
      if case .vectors(let width) = given.input { .vectors(width: width) } else { .numbers }
    if case .values(let width) = given.target { targetWidth = width }
  }

  /// What the lines are; nil before the first.
  var kinds: SequenceKinds? {
    if let given { return given }
    guard let inputShape, let predictsNextInput else { return nil }
    let input: InputKind =
      if case .vectors(let width) = inputShape { .vectors(width: width) } else {
        .symbols(count: symbolCount)
      }
    return SequenceKinds(
      input: input, target: target(input: input, isNextInput: predictsNextInput),
      predictsNextInput: predictsNextInput)
  }

  private func target(input: InputKind, isNextInput: Bool) -> TargetKind {
    switch (interpretation, input) {
    case (.classes, .symbols(let count)) where isNextInput: .classes(count: count)
    case (.labels, .vectors(let width)) where isNextInput: .labels(count: width)
    case (.values, .vectors(let width)) where isNextInput: .values(width: width)
    case (.classes, _): .classes(count: max(1, targetCount))
    case (.labels, _): .labels(count: max(1, targetCount))
    case (.values, _): .values(width: targetWidth ?? 1)
    }
  }

  /// Checks that a line fits, and takes note of its numbers.
  mutating func add(_ record: SequenceRecord) throws(SequenceLineError) {
    hasSequences = true
    try addInputs(record.inputs)
    switch record.targets {
    case .nextInput:
      try agree(isNextInput: true)
      try checkNextInput(record.inputs)
    case .uncounted:
      break
    case .last(let target):
      try agree(isNextInput: false)
      targetRows += 1
      try add(target)
    case .perStep(let targets):
      try agree(isNextInput: false)
      targetRows += targets.count
      for case .some(let target) in targets { try add(target) }
    }
  }

  private mutating func agree(isNextInput: Bool) throws(SequenceLineError) {
    guard isNextInput == predictsNextInput ?? isNextInput else {
      throw .init(
        reason: isNextInput
          ? "no targets, but the other sequences have them; add targets"
          : "targets, but the other sequences have none; give all of them targets, or none")
    }
    predictsNextInput = isNextInput
  }

  private mutating func addInputs(_ inputs: SequenceRecord.Inputs) throws(SequenceLineError) {
    switch inputs {
    case .symbols(let symbols):
      try agree(input: .numbers)
      let largest = Int(symbols.max() ?? 0)
      if case .symbols(let count) = given?.input, largest >= count {
        throw outOfRange("symbol", largest, count: count)
      }
      symbolCount = max(symbolCount, largest + 1)
    case .vectors(_, let width):
      try agree(input: .vectors(width: width))
    }
  }

  private mutating func agree(input: Shape) throws(SequenceLineError) {
    let expected = inputShape ?? input
    inputShape = expected
    guard input != expected else { return }
    let names = [input, expected].map { shape in
      if case .vectors(let width) = shape { "vectors of \(width)" } else { "symbol numbers" }
    }
    throw .init(
      reason: "inputs are \(names[0]), expected \(names[1]) as in the other sequences; "
        + "give all sequences the same kind of input")
  }

  /// Checks that the next input can be a target of the loss.
  private func checkNextInput(_ inputs: SequenceRecord.Inputs) throws(SequenceLineError) {
    switch (inputs, interpretation) {
    case (.symbols, .classes), (.vectors, .values):
      return
    case (.vectors(let values, _), .labels):
      guard values.allSatisfy({ $0 == 0 || $0 == 1 }) else {
        throw .init(
          reason: "no targets, so the inputs are labels to predict, but not all are 0 or 1; "
            + "add targets or use loss: mean-squared-error")
      }
    case (.symbols, _):
      throw .init(
        reason: "no targets, and the inputs are symbols: to predict the next symbol use "
          + "loss: cross-entropy")
    case (.vectors, .classes):
      throw .init(
        reason: "no targets, and the inputs are vectors: to predict the next vector use "
          + "loss: mean-squared-error")
    }
  }

  private mutating func add(_ target: SequenceRecord.Target) throws(SequenceLineError) {
    switch target {
    case .classNumber(let number):
      try add(numbers: [number], name: "class")
    case .labels(let numbers):
      try add(numbers: numbers, name: "label")
    case .values(let values):
      let expected = targetWidth ?? values.count
      targetWidth = expected
      guard values.count == expected else {
        throw .init(
          reason: "a target of \(values.count) numbers, expected \(expected) as in the other "
            + "sequences; give all targets the same width")
      }
    }
  }

  private mutating func add(numbers: [Int32], name: String) throws(SequenceLineError) {
    guard let largest = numbers.max().map(Int.init) else { return }
    switch given?.target {
    case .classes(let count) where largest >= count, .labels(let count) where largest >= count:
      throw outOfRange(name, largest, count: count)
    default:
      guard name != "label" || largest < Self.mostLabels else {
        throw .init(
          reason: "label \(largest): a set of labels up to it would take "
            + "\((largest + 1) * MemoryLayout<Float>.size / 1_000_000) MB; number the labels from 0 "
            + "without gaps, up to \(Self.mostLabels - 1) at most")
      }
      targetCount = max(targetCount, largest + 1)
    }
  }

  private func outOfRange(_ name: String, _ number: Int, count: Int) -> SequenceLineError {
    SequenceLineError(
      reason: "\(name) \(number), but the training data has \(name) numbers 0 to \(count - 1); "
        + "remove the line or train with data that has them all")
  }
}
