/// A setting of an optimizer, a clip or a schedule that has no meaning.
package struct OptimizationError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The setting, e.g. `Adam.beta1`.
  package let setting: String
  /// What it must be, e.g. `in 0 ..< 1`.
  package let expected: String
  /// What it was.
  package let got: String

  /// One line: the setting, what it must be, and what it was.
  package var description: String { "\(setting) must be \(expected), got \(got)" }

  /// Throws unless `condition` holds of `value`; NaN holds of nothing.
  static func require<Value>(
    _ setting: String, _ value: Value, _ expected: String, _ condition: Bool
  ) throws(OptimizationError) {
    guard condition else {
      throw OptimizationError(setting: setting, expected: expected, got: "\(value)")
    }
  }

  static func requireNotNegative(_ setting: String, _ value: Double) throws(OptimizationError) {
    try require(setting, value, "finite and at least 0", value.isFinite && value >= 0)
  }

  static func requirePositive(_ setting: String, _ value: Double) throws(OptimizationError) {
    try require(setting, value, "finite and more than 0", value.isFinite && value > 0)
  }

  static func requireFraction(_ setting: String, _ value: Double) throws(OptimizationError) {
    try require(setting, value, "at least 0 and less than 1", value >= 0 && value < 1)
  }
}
