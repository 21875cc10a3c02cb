/// One key: how it is read, checked, written and documented.
struct ConfigurationField: Sendable {
  /// The full key path in the file, such as `model.hidden`.
  let path: String
  /// What the value must be, such as `an integer, at least 1 and at most 9`.
  let expectation: String
  /// The default in words, or as YAML.
  let standard: String
  /// What the key means.
  let meaning: String
  /// Whether a file must give it.
  let isRequired: Bool
  /// When it is used; given elsewhere, it is refused.
  let usage: Usage
  /// Sets the value from a part of a document.
  let read: @Sendable (inout Configuration, ConfigurationNode) throws(ConfigurationError) -> Void
  /// Sets the default where that follows from other keys.
  let derive: (@Sendable (inout Configuration) -> Void)?
  /// The value as YAML, `nil` if it has none.
  let yaml: @Sendable (Configuration) -> String?
  /// What is wrong with the value, such as `must be at least 1 and at most 9, got 0`; `nil` if it
  /// keeps its bound.
  let violation: @Sendable (Configuration) -> String?

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
    /// How to mend a value that violates it, where the bound itself does not say so.
    var remedy: String?
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
    let expectation = bound.expectation
    self.expectation = expectation
    self.standard =
      standard ?? (isRequired ? "must be given" : Configuration()[keyPath: keyPath].yaml)
    self.meaning = meaning
    self.isRequired = isRequired
    self.usage = usage
    self.derive = derive
    self.read = {
      (configuration: inout Configuration, node: ConfigurationNode) throws(ConfigurationError) in
      let value = try Value(node, key: path, expectation: expectation)
      configuration[keyPath: keyPath] = value
    }
    self.yaml = { $0[keyPath: keyPath].yaml }
    self.violation = { bound.violation(by: $0[keyPath: keyPath]) }
  }

  /// The field of a value that may be absent.
  init<Value: ConfigurationValue>(
    _ path: String, _ keyPath: any WritableKeyPath<Configuration, Value?> & Sendable,
    _ bound: Bound<Value> = .none, default standard: String = "none", usage: Usage = .always,
    derive: (@Sendable (inout Configuration) -> Void)? = nil, meaning: String
  ) {
    self.init(
      path, bound, default: standard, usage: usage, derive: derive, meaning: meaning,
      get: { $0[keyPath: keyPath] }, set: { $0[keyPath: keyPath] = $1 })
  }
}

extension ConfigurationField {
  /// The field of a value in a section that only some configurations have.
  init<Section, Value: ConfigurationValue>(
    _ path: String, _ section: any WritableKeyPath<Configuration, Section?> & Sendable,
    _ keyPath: any WritableKeyPath<Section, Value> & Sendable, _ bound: Bound<Value> = .none,
    default standard: String, usage: Usage,
    derive: (@Sendable (inout Configuration) -> Void)? = nil, meaning: String
  ) {
    self.init(
      path, bound, default: standard, usage: usage, derive: derive, meaning: meaning,
      get: { $0[keyPath: section]?[keyPath: keyPath] },
      set: { $0[keyPath: section]?[keyPath: keyPath] = $1 })
  }

  /// The field of a value that may be absent, in a section that only some configurations have.
  init<Section, Value: ConfigurationValue>(
    _ path: String, _ section: any WritableKeyPath<Configuration, Section?> & Sendable,
    _ keyPath: any WritableKeyPath<Section, Value?> & Sendable, _ bound: Bound<Value> = .none,
    default standard: String = "none", usage: Usage,
    derive: (@Sendable (inout Configuration) -> Void)? = nil, meaning: String
  ) {
    self.init(
      path, bound, default: standard, usage: usage, derive: derive, meaning: meaning,
      get: { $0[keyPath: section].flatMap { $0[keyPath: keyPath] } },
      set: { $0[keyPath: section]?[keyPath: keyPath] = $1 })
  }

  private init<Value: ConfigurationValue>(
    _ path: String, _ bound: Bound<Value>, default standard: String, usage: Usage,
    derive: (@Sendable (inout Configuration) -> Void)? = nil, meaning: String,
    get: @escaping @Sendable (Configuration) -> Value?,
    set: @escaping @Sendable (inout Configuration, Value) -> Void
  ) {
    self.path = path
    let expectation = bound.expectation
    self.expectation = expectation
    self.standard = standard
    self.meaning = meaning
    self.isRequired = false
    self.usage = usage
    self.derive = derive
    self.read = {
      (configuration: inout Configuration, node: ConfigurationNode) throws(ConfigurationError) in
      set(&configuration, try Value(node, key: path, expectation: expectation))
    }
    self.yaml = { get($0)?.yaml }
    self.violation = { get($0).flatMap { bound.violation(by: $0) } }
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

  /// What is wrong with `value`; `nil` if it keeps the bound.
  fileprivate func violation(by value: Value) -> String? {
    guard !holds(value) else { return nil }
    return "must be \(text), got \(value.yaml.abbreviated)" + (remedy.map { "; \($0)" } ?? "")
  }
}

// Integers are bounded above too, so that what is computed from one or two of them cannot overflow.
extension ConfigurationField.Bound<Int> {
  /// An integer of `range`.
  static func within(_ range: ClosedRange<Int>) -> Self {
    Self(text: "at least \(range.lowerBound) and at most \(range.upperBound)") {
      range.contains($0)
    }
  }

  /// A number of streams, sequences, symbols, epochs or time steps; two multiplied fit an `Int`.
  static func count(from minimum: Int = 1) -> Self { within(minimum...Int(Int32.max)) }

  /// A number of updates, or of what comes at most once in an update: up to 2⁵³ a `Double` holds
  /// every integer, so schedules and progress are exact.
  static func steps(from minimum: Int = 1) -> Self { within(minimum...(1 << 53)) }

  /// A width of vectors: a matrix of two such widths, in bytes, fits an `Int` many times over.
  static func width() -> Self { within(1...(1 << 24)) }
}

extension ConfigurationField.Bound<Double> {
  static let positive = Self(text: "greater than 0") { $0 > 0 && $0.isFinite }
  static let nonNegative = Self(text: "at least 0") { $0 >= 0 && $0.isFinite }
  static let fraction = Self(text: "at least 0 and less than 1") { 0 <= $0 && $0 < 1 }
  static let unitInterval = Self(text: "greater than 0 and at most 1") { 0 < $0 && $0 <= 1 }
}

extension ConfigurationField.Bound<String> {
  static let notEmpty = Self(text: "not empty") { !$0.isEmpty }
}

extension ConfigurationField.Bound<[String]> {
  /// Names of different things.
  static let names = Self(text: "at least one, none of them empty or given twice") {
    !$0.isEmpty && !$0.contains("") && Set($0).count == $0.count
  }
}

extension ConfigurationField.Usage {
  static let always = Self(nil) { _ in true }
  static let files = data(Configuration.Data.Kind.allCases.filter { !$0.isGenerated })
  static let generators = data(Configuration.Data.Kind.allCases.filter(\.isGenerated))
  static let symbols = data(Configuration.Data.Kind.allCases.filter { $0.hasSymbolInputs != false })
  static let texts = data([.text])
  static let series = data([.series])
  static let forecasts = Self("data.kind mackey-glass, or series that predict their next row") {
    $0.data.isForecast
  }
  static let windows = Self("bptt.kind windows") { $0.truncation != .full }

  static func data(_ kinds: [Configuration.Data.Kind]) -> Self {
    Self("data.kind \(kinds.alternatives)") { kinds.contains($0.data.kind) }
  }

  static func losses(_ kinds: [Configuration.Loss.Kind]) -> Self {
    Self("loss.kind \(kinds.alternatives)") { kinds.contains($0.loss.kind) }
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
