/// A network that cannot be built.
package enum RecurrentError: Error, CustomStringConvertible, Sendable {
  /// No cell of that name is registered.
  case unknownCell(String)

  package var description: String {
    switch self {
    case .unknownCell(let name):
      "model.cell: no cell is called '\(Self.line(name))'; known are \(CellRegistry.names.joined(separator: ", "))"
    }
  }

  /// A name as it may stand in a message: one line, at most 60 characters.
  private static func line(_ name: String) -> String {
    String(name.map { $0.isNewline ? " " : $0 }.prefix(60))
  }
}
