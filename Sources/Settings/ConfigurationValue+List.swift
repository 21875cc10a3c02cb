/// Several values of one kind; a single one may stand without brackets.
extension Array: ConfigurationValue where Element: ConfigurationValue {
  static var expectation: String { "\(Element.expectation) or a list of them" }

  init?(scalarText: String, isQuoted: Bool) {
    guard let element = Element(scalarText: scalarText, isQuoted: isQuoted) else { return nil }
    self = [element]
  }

  /// Interprets a list item by item, or one scalar as a list of one.
  ///
  /// - Throws: `ConfigurationError` at the first bad item, which it counts from 1.
  init(_ node: ConfigurationNode, key: String, expectation: String) throws(ConfigurationError) {
    guard case .list(let items) = node.content else {
      try self.init(scalar: node, key: key, expectation: expectation)
      return
    }
    var elements: [Element] = []
    for item in items {
      let expected = "\(Element.expectation) as item \(elements.count + 1)"
      elements.append(try Element(item, key: key, expectation: expected))
    }
    self = elements
  }

  var yaml: String { "[\(map(\.yaml).joined(separator: ", "))]" }
}
