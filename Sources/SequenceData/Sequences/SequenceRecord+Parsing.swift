/// Why a line that is JSON is not a sequence.
struct SequenceLineError: Error {
  let reason: String
}

extension SequenceRecord {
  /// Reads a JSON value as a sequence.
  init(
    _ value: JSONValue, interpretation: TargetInterpretation, missingTargets: MissingTargets
  ) throws(SequenceLineError) {
    guard case .object(let members) = value else {
      throw .init(
        reason: "got \(value.kindName), expected an object such as "
          + "{\"inputs\": [0, 1], \"targets\": 1}")
    }
    var fields: [String: JSONValue] = [:]
    for member in members {
      guard ["id", "inputs", "targets", "per_step"].contains(member.key) else {
        throw .init(
          reason: "unknown key \(SequenceDataError.excerpt(member.key)); "
            + "the keys are id, inputs, targets and per_step")
      }
      guard fields.updateValue(member.value, forKey: member.key) == nil else {
        throw .init(reason: "the key \(member.key) appears twice; keep one")
      }
    }
    guard let inputs = fields["inputs"] else {
      throw .init(reason: "no inputs; give \"inputs\": a list of vectors or of symbol numbers")
    }
    identifier = try Self.identifier(fields["id"])
    self.inputs = try Inputs(inputs, mayBeEmpty: missingTargets == .uncounted)
    let isPerStep = try Self.boolean(fields["per_step"])
    if let targets = fields["targets"] {
      self.targets = try Targets(
        targets, isPerStep: isPerStep, timeSteps: self.inputs.count,
        interpretation: interpretation)
    } else {
      guard !isPerStep else { throw .init(reason: "\"per_step\": true without targets; add them") }
      guard self.inputs.count >= 2 || missingTargets == .uncounted else {
        throw .init(reason: "one input and no targets; to predict the next input give at least two")
      }
      targets = missingTargets == .nextInput ? .nextInput : .uncounted
    }
  }

  private static func identifier(
    _ value: JSONValue?
  ) throws(SequenceLineError) -> Identifier? {
    guard let value else { return nil }
    if case .string(let text) = value { return .text(text) }
    // Beyond 2⁵³ the number that was read may not be the one that was written.
    if case .number(let number) = value, abs(number) <= 0x1p53, let whole = Int(exactly: number) {
      return .number(whole)
    }
    throw .init(reason: "id is \(value.kindName), expected a text or a whole number up to 2⁵³")
  }

  private static func boolean(_ value: JSONValue?) throws(SequenceLineError) -> Bool {
    switch value {
    case nil: return false
    case .boolean(let value): return value
    case .some(let other):
      throw .init(reason: "per_step is \(other.kindName), expected true or false")
    }
  }
}

extension SequenceRecord.Inputs {
  fileprivate init(_ value: JSONValue, mayBeEmpty: Bool) throws(SequenceLineError) {
    if mayBeEmpty, value == .array([]) {
      self = .symbols([])
      return
    }
    guard case .array(let elements) = value, let first = elements.first else {
      let got = value == .array([]) ? "empty" : value.kindName
      throw .init(
        reason: "inputs are \(got), expected a list of vectors or of symbol numbers with at least "
          + "one element; mend or remove the line")
    }
    guard case .array(let firstVector) = first else {
      var symbols: [Int32] = []
      symbols.reserveCapacity(elements.count)
      for (index, element) in elements.enumerated() {
        symbols.append(try wholeNumber(element, what: "input \(index)"))
      }
      self = .symbols(symbols)
      return
    }
    guard !firstVector.isEmpty else {
      throw .init(reason: "input 0 is an empty vector; give at least one number")
    }
    var values: [Float] = []
    values.reserveCapacity(elements.count * firstVector.count)
    for (index, element) in elements.enumerated() {
      let vector = try finiteNumbers(element, what: "input \(index)")
      guard vector.count == firstVector.count else {
        throw .init(
          reason: "input \(index) has \(vector.count) numbers, expected \(firstVector.count) as "
            + "input 0; give all the same width")
      }
      values += vector
    }
    self = .vectors(values, width: firstVector.count)
  }
}

extension SequenceRecord.Targets {
  fileprivate init(
    _ value: JSONValue, isPerStep: Bool, timeSteps: Int, interpretation: TargetInterpretation
  ) throws(SequenceLineError) {
    guard isPerStep else {
      self = .last(try .init(value, what: "targets", interpretation: interpretation))
      return
    }
    guard case .array(let elements) = value, elements.count == timeSteps else {
      let got = if case .array(let elements) = value { "\(elements.count)" } else { value.kindName }
      throw .init(
        reason: "got \(got) for targets, expected a list of \(timeSteps), one for each input "
          + "(null where not counted)")
    }
    var targets: [SequenceRecord.Target?] = []
    for (index, element) in elements.enumerated() {
      targets.append(
        element == .null
          ? nil : try .init(element, what: "target \(index)", interpretation: interpretation))
    }
    self = .perStep(targets)
  }
}

extension SequenceRecord.Target {
  fileprivate init(
    _ value: JSONValue, what: String, interpretation: TargetInterpretation
  ) throws(SequenceLineError) {
    switch interpretation {
    case .classes:
      self = .classNumber(try wholeNumber(value, what: what))
    case .values:
      if case .number = value {
        self = .values(try finiteNumbers(.array([value]), what: what))
      } else {
        self = .values(try finiteNumbers(value, what: what, mayBeMissing: true))
      }
    case .labels:
      self = .labels(try Self.labels(value, what: what))
    }
  }

  private static func labels(
    _ value: JSONValue, what: String
  ) throws(SequenceLineError) -> [Int32] {
    guard case .array(let elements) = value else {
      throw .init(
        reason: "got \(value.kindName) for \(what), expected a list of labels such as [1, 4]")
    }
    var labels: [Int32] = []
    for element in elements { labels.append(try wholeNumber(element, what: what)) }
    guard Set(labels).count == labels.count else {
      throw .init(
        reason: "a label appears twice in \(what); list the numbers of the labels that hold, such "
          + "as [1, 4], not zeros and ones")
    }
    return labels
  }
}

/// A symbol, class or label number.
private func wholeNumber(_ value: JSONValue, what: String) throws(SequenceLineError) -> Int32 {
  guard case .number(let number) = value, let whole = Int32(exactly: number), whole >= 0 else {
    throw .init(
      reason: "got \(value.kindName) for \(what), expected a whole number from 0 to "
        + "\(Int32.max)")
  }
  return whole
}

/// A vector; a number that is missing, and may be, is NaN.
private func finiteNumbers(
  _ value: JSONValue, what: String, mayBeMissing: Bool = false
) throws(SequenceLineError) -> [Float] {
  guard case .array(let elements) = value, !elements.isEmpty else {
    throw .init(reason: "got \(value.kindName) for \(what), expected a vector such as [0.5, 1]")
  }
  var numbers: [Float] = []
  numbers.reserveCapacity(elements.count)
  for element in elements {
    if mayBeMissing, element == .null {
      numbers.append(.nan)
      continue
    }
    guard case .number(let number) = element, Float(number).isFinite else {
      throw .init(reason: "got \(element.kindName) in \(what), expected a finite number")
    }
    numbers.append(Float(number))
  }
  return numbers
}
