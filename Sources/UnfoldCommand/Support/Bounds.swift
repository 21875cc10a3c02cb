import ArgumentParser

/// - Throws: `ValidationError` that names the option, unless its value is within the bounds.
func require(_ option: String, _ value: Int?, in bounds: ClosedRange<Int>) throws {
  guard let value, !bounds.contains(value) else { return }
  throw ValidationError(
    "\(option) is \(value), expected \(bounds.lowerBound) to \(bounds.upperBound)")
}
