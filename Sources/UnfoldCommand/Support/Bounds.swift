import ArgumentParser

/// - Throws: `ValidationError` that names the option, unless its value is within the bounds.
func require(_ option: String, _ value: Int?, in bounds: ClosedRange<Int>) throws {
  guard let value, !bounds.contains(value) else { return }
  throw ValidationError(
    "\(option) is \(value), expected \(bounds.lowerBound) to \(bounds.upperBound)")
}

/// The whole numbers of a list such as `1 2 4` or `1,2,4`.
///
/// - Throws: `ValidationError` that names the option, unless there are some and all are within the bounds.
func counts(_ option: String, _ text: String, in bounds: ClosedRange<Int>) throws -> [Int] {
  let words = text.split { $0 == "," || $0.isWhitespace }
  let values = words.compactMap { Int($0) }.filter { bounds.contains($0) }
  guard !words.isEmpty, values.count == words.count else {
    throw ValidationError(
      "\(option) is \"\(text)\", expected numbers of \(bounds.lowerBound) to \(bounds.upperBound) such "
        + "as \"1 2 4\"")
  }
  return values
}
