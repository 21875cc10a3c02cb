/// Why a configuration cannot be used, in one line: where, which key, expected and got, and how to
/// mend it.
public struct ConfigurationError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file with line and column, or the override, that holds the fault; `nil` for a
  /// configuration made in code.
  public let origin: String?
  /// The full key path, such as `model.hidden`; `nil` if the fault is not one key's.
  public let key: String?
  /// What is wrong, and how to mend it.
  public let problem: String

  /// Creates an error. Line breaks in quoted values become spaces.
  package init(origin: String?, key: String?, problem: String) {
    self.origin = origin
    self.key = key
    self.problem = problem
  }

  public var description: String {
    [origin, key, problem].compactMap { $0 }.joined(separator: ": ")
      .split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
