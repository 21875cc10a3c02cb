/// A network that cannot be built.
package enum RecurrentError: Error, CustomStringConvertible, Sendable {
  /// No cell of that name is registered.
  case unknownCell(String)

  package var description: String {
    switch self {
    case .unknownCell(let name):
      "model.cell: no cell is called '\(name)'; known are \(CellRegistry.names.joined(separator: ", "))"
    }
  }
}
