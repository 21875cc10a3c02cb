/// A JSON value (RFC 8259).
enum JSONValue: Equatable {
  case null
  case boolean(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// A key and its value, in the order of the text.
  struct Member: Equatable {
    let key: String
    let value: JSONValue
  }

  /// A number as people write it: whole ones without a fraction.
  private static func words(for value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  /// What kind of value this is, for messages.
  var kindName: String {
    switch self {
    case .null: "null"
    case .boolean: "true or false"
    case .number(let value): "the number \(Self.words(for: value))"
    case .string: "a string"
    case .array(let elements): "a list of \(elements.count)"
    case .object: "an object"
    }
  }
}

/// Why and where (the column in bytes, from 1) a text is not JSON.
struct JSONSyntaxError: Error, Equatable {
  let column: Int
  let reason: String
}
