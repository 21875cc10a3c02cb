/// One key: how it is read, checked, written and documented.
struct ConfigurationField: Sendable {
  /// The full key path in the file, such as `model.hidden`.
  let path: String
  /// What the value must be, such as `an integer ≥ 1`.
  let expectation: String
  /// The valid words, if the value is a choice.
  let choices: [String]
  /// The default in words, or as YAML.
  let standard: String
  /// What the key means.
  let meaning: String
  /// Whether a file must give it.
  let isRequired: Bool
  /// When it is used; given elsewhere, it is refused.
  let usage: Usage
  /// Sets the value from a scalar; false if that is not of the key's type.
  let read: @Sendable (inout Configuration, ConfigurationScalar) -> Bool
  /// Sets the default where that follows from other keys.
  let derive: (@Sendable (inout Configuration) -> Void)?
  /// The value as YAML, `nil` if it has none.
  let yaml: @Sendable (Configuration) -> String?
  /// The bound that the value violates, such as `at least 1`; `nil` if it keeps all.
  let violatedBound: @Sendable (Configuration) -> String?

  /// A condition on other keys under which a key is used.
  struct Usage: Sendable {
    /// The condition in words; `nil` for always.
    let text: String?
    let holds: @Sendable (Configuration) -> Bool

    init(_ text: String?, holds: @escaping @Sendable (Configuration) -> Bool) {
      self.text = text
      self.holds = holds
    }
  }

  /// A bound on a value.
  struct Bound<Value: Sendable>: Sendable {
    /// The bound in words, such as `at least 1`; empty for none.
    let text: String
    let holds: @Sendable (Value) -> Bool
  }

  /// The field of a value that is always there.
  init<Value: ConfigurationValue>(
    _ path: String, _ keyPath: any WritableKeyPath<Configuration, Value> & Sendable,
    _ bound: Bound<Value> = .none, default standard: String? = nil, isRequired: Bool = false,
    usage: Usage = .always, derive: (@Sendable (inout Configuration) -> Void)? = nil,
    meaning: String
  ) {
    self.path = path
    self.expectation = bound.expectation
    self.choices = Value.choices
    self.standard =
      standard ?? (isRequired ? "must be given" : Configuration()[keyPath: keyPath].yaml)
    self.meaning = meaning
    self.isRequired = isRequired
    self.usage = usage
    self.derive = derive
    self.read = { configuration, scalar in
      guard let value = Value(scalarText: scalar.text, isQuoted: scalar.isQuoted) else {
        return false
      }
      configuration[keyPath: keyPath] = value
      return true
    }
    self.yaml = { $0[keyPath: keyPath].yaml }
    self.violatedBound = { bound.holds($0[keyPath: keyPath]) ? nil : bound.text }
  }

  /// The field of a value that may be absent.
  init<Value: ConfigurationValue>(
    _ path: String, _ keyPath: any WritableKeyPath<Configuration, Value?> & Sendable,
    _ bound: Bound<Value> = .none, default standard: String = "none", usage: Usage = .always,
    derive: (@Sendable (inout Configuration) -> Void)? = nil, meaning: String
  ) {
    self.path = path
    self.expectation = bound.expectation
    self.choices = Value.choices
    self.standard = standard
    self.meaning = meaning
    self.isRequired = false
    self.usage = usage
    self.derive = derive
    self.read = { configuration, scalar in
      guard let value = Value(scalarText: scalar.text, isQuoted: scalar.isQuoted) else {
        return false
      }
      configuration[keyPath: keyPath] = value
      return true
    }
    self.yaml = { $0[keyPath: keyPath]?.yaml }
    self.violatedBound = { configuration in
      guard let value = configuration[keyPath: keyPath] else { return nil }
      return bound.holds(value) ? nil : bound.text
    }
  }
}

extension ConfigurationField.Bound {
  /// No bound.
  static var none: Self { Self(text: "") { _ in true } }
}

extension ConfigurationField.Bound where Value: ConfigurationValue {
  /// The type and the bound in words.
  fileprivate var expectation: String {
    text.isEmpty ? Value.expectation : "\(Value.expectation), \(text)"
  }
}

extension ConfigurationField.Bound<Int> {
  static func atLeast(_ minimum: Int) -> Self {
    Self(text: "at least \(minimum)") { $0 >= minimum }
  }
}

extension ConfigurationField.Bound<Double> {
  static let positive = Self(text: "greater than 0") { $0 > 0 && $0.isFinite }
  static let nonNegative = Self(text: "at least 0") { $0 >= 0 && $0.isFinite }
  static let fraction = Self(text: "at least 0 and less than 1") { 0 <= $0 && $0 < 1 }
  static let unitInterval = Self(text: "greater than 0 and at most 1") { 0 < $0 && $0 <= 1 }
}

extension ConfigurationField.Usage {
  static let always = Self(nil) { _ in true }
  static let files = data([.text, .series, .sequences])
  static let generators = data([.reber, .mackeyGlass, .adding, .copying, .random])
  static let symbols = data([.text, .sequences, .reber, .copying, .random])
  static let texts = data([.text])
  static let windows = Self("bptt.kind windows") { $0.truncation != .full }

  static func data(_ kinds: [Configuration.Data.Kind]) -> Self {
    Self("data.kind \(kinds.alternatives)") { kinds.contains($0.data.kind) }
  }

  static func optimizers(_ kinds: [Configuration.Optimizer.Kind]) -> Self {
    Self("optimizer.kind \(kinds.alternatives)") { kinds.contains($0.optimizer.kind) }
  }

  static func schedules(_ kinds: [Configuration.Schedule.Kind]) -> Self {
    Self("schedule.kind \(kinds.alternatives)") { kinds.contains($0.schedule.kind) }
  }

  /// Registered cells may make sense of a key that only some of the built-in ones use.
  static func cells(except names: [String]) -> Self {
    Self("cells other than \(names.joined(separator: " and "))") {
      !names.contains($0.model.cell)
    }
  }
}

extension Array where Element: RawRepresentable<String> {
  fileprivate var alternatives: String { map(\.rawValue).joined(separator: ", ") }
}
