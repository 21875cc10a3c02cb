/// A key of the configuration and the values that it takes in turn: `seed=1..10`,
/// `model.hidden=16,32,64`, `data.inputs=[u],[u, t]`.
package struct Variation: Sendable, Equatable {
  /// The full key path.
  package let key: String
  /// The values as YAML.
  package let values: [String]

  /// A range may have so many values.
  private static let mostValues = 1_000_000

  /// Reads an option.
  ///
  /// - Parameter text: `key=first..last`, both whole numbers, or `key=value,value`. What stands in brackets
  ///   or quotes is one value, so that lists may vary.
  /// - Throws: `SweepError.badVariation`.
  package init(_ text: String) throws(SweepError) {
    let option = "--vary \(text)"
    guard let equals = text.firstIndex(of: "=") else {
      throw .badVariation(option: option, problem: "expected key=values, found no '='")
    }
    key = text[..<equals].trimmed
    guard !key.isEmpty else {
      throw .badVariation(option: option, problem: "expected key=values, found no key")
    }
    let list = text[text.index(after: equals)...].trimmed
    if let range = try Self.range(list, option: option) {
      values = range
    } else {
      values = try Self.items(list, option: option)
    }
  }

  /// The numbers of `1..10`, upwards or downwards; nil for anything else.
  private static func range(_ text: String, option: String) throws(SweepError) -> [String]? {
    guard let match = text.wholeMatch(of: #/(-?[0-9]+)\.\.(-?[0-9]+)/#) else { return nil }
    guard let first = Int(match.1), let last = Int(match.2),
      abs(Double(first) - Double(last)) < Double(mostValues)
    else {
      throw .badVariation(
        option: option, problem: "a range has at most \(mostValues) values; give a shorter one")
    }
    return stride(from: first, through: last, by: first <= last ? 1 : -1).map(String.init)
  }

  /// The values between commas that stand outside brackets and quotes.
  private static func items(_ text: String, option: String) throws(SweepError) -> [String] {
    var items: [String] = []
    var current = ""
    var depth = 0
    var quote: Character?
    for character in text {
      switch character {
      case "\"", "'":
        if quote == nil { quote = character } else if quote == character { quote = nil }
      case "[" where quote == nil, "{" where quote == nil: depth += 1
      case "]" where quote == nil, "}" where quote == nil: depth -= 1
      case "," where quote == nil && depth == 0:
        items.append(current[...].trimmed)
        current = ""
        continue
      default: break
      }
      current.append(character)
    }
    items.append(current[...].trimmed)
    guard depth == 0, quote == nil else {
      throw .badVariation(option: option, problem: "a bracket or a quote has no partner")
    }
    guard !items.contains("") else {
      throw .badVariation(
        option: option,
        problem: "expected values between commas, found none; write null for no value")
    }
    if let range = items.first(where: {
      $0.contains("..") && $0.allSatisfy { "-.0123456789".contains($0) }
    }) {
      throw .badVariation(
        option: option, problem: "the range \(range) must stand alone; write its numbers out")
    }
    for (index, item) in items.enumerated() where items[..<index].contains(item) {
      throw .badVariation(option: option, problem: "\(item) is given twice; keep one")
    }
    return items
  }
}

extension Substring {
  /// Without blanks at its ends.
  var trimmed: String {
    let start = drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}
