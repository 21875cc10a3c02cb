/// A scalar of a YAML document, not yet interpreted.
struct ConfigurationScalar: Sendable, Equatable {
  /// The text without quotes.
  let text: String
  /// Whether it stood in quotes, which makes it a string whatever it looks like.
  let isQuoted: Bool
}

/// A type that a configuration key can have.
protocol ConfigurationValue: Sendable, Equatable {
  /// What a reader should write, with an article: `an integer`.
  static var expectation: String { get }
  /// The valid words, if the type is a choice.
  static var choices: [String] { get }
  /// Interprets a scalar's text; `nil` if it is not of this type.
  init?(scalarText: String, isQuoted: Bool)
  /// Interprets a part of a document, which is the scalar unless the type is made of several.
  ///
  /// - Parameters:
  ///   - node: the part.
  ///   - key: the full key path that it is given for.
  ///   - expectation: what it should be, in words.
  /// - Throws: `ConfigurationError` naming the place and the key.
  init(_ node: ConfigurationNode, key: String, expectation: String) throws(ConfigurationError)
  /// The value as YAML, on one line, which reads back as the same value.
  var yaml: String { get }
}

extension ConfigurationValue {
  static var choices: [String] { [] }

  init(_ node: ConfigurationNode, key: String, expectation: String) throws(ConfigurationError) {
    try self.init(scalar: node, key: key, expectation: expectation)
  }

  /// Interprets a part of a document that must be one scalar.
  init(
    scalar node: ConfigurationNode, key: String, expectation: String
  ) throws(ConfigurationError) {
    guard case .scalar(let scalar) = node.content,
      let value = Self(scalarText: scalar.text, isQuoted: scalar.isQuoted)
    else { throw node.mismatch(key: key, expectation: expectation, choices: Self.choices) }
    self = value
  }
}

extension ConfigurationValue where Self: RawRepresentable & CaseIterable, RawValue == String {
  static var choices: [String] { allCases.map(\.rawValue) }
  static var expectation: String { "one of \(choices.joined(separator: ", "))" }
  init?(scalarText: String, isQuoted: Bool) { self.init(rawValue: scalarText) }
  var yaml: String { rawValue }
}

extension Bool: ConfigurationValue {
  static var expectation: String { "true or false" }

  init?(scalarText: String, isQuoted: Bool) {
    guard !isQuoted else { return nil }
    switch scalarText.lowercased() {
    case "true", "yes", "on": self = true
    case "false", "no", "off": self = false
    default: return nil
    }
  }

  var yaml: String { self ? "true" : "false" }
}

extension Double: ConfigurationValue {
  static var expectation: String { "a number" }

  /// Takes decimal numbers such as `2`, `-0.5`, `1e-3` and `1_000`, but no infinity or NaN.
  init?(scalarText: String, isQuoted: Bool) {
    let digits = scalarText.filter { $0 != "_" }
    guard !isQuoted, digits.allSatisfy({ "0123456789+-.eE".contains($0) }),
      let value = Double(digits), value.isFinite
    else { return nil }
    self = value
  }

  var yaml: String { "\(self)" }
}

extension ConfigurationValue where Self: FixedWidthInteger {
  /// Takes integers, and numbers with an integral value such as `2.0` and `1e4`.
  init?(scalarText: String, isQuoted: Bool) {
    guard !isQuoted else { return nil }
    if let value = Self(scalarText.filter { $0 != "_" }) {
      self = value
      return
    }
    // Beyond 2⁵³ a Double no longer holds every integer, so rounding could go unseen.
    guard let value = Double(scalarText: scalarText, isQuoted: false),
      value.magnitude <= 0x1p53, let exact = Self(exactly: value)
    else { return nil }
    self = exact
  }

  var yaml: String { "\(self)" }
}

extension Int: ConfigurationValue {
  static var expectation: String { "an integer" }
}

extension UInt64: ConfigurationValue {
  static var expectation: String { "an integer from 0 to 2⁶⁴ − 1" }
}

extension String: ConfigurationValue {
  static var expectation: String { "text" }

  init?(scalarText: String, isQuoted: Bool) { self = scalarText }

  /// The text itself where YAML cannot misread it, else in double quotes with escapes.
  var yaml: String {
    let isPlain =
      first.map { $0.isASCII && ($0.isLetter || $0 == "/") } == true
      && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/_.-".contains($0)) }
      && !["null", "true", "false", "yes", "no", "on", "off"].contains(lowercased())
    return isPlain ? self : quoted
  }

  /// The text in double quotes, with YAML's escapes for everything that is not plainly printable.
  private var quoted: String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case " "..."~": result.unicodeScalars.append(scalar)
      default:
        if scalar.properties.isAlphabetic && scalar.value <= 0xFFFF {
          result.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16)
          result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
      }
    }
    return result + "\""
  }
}
