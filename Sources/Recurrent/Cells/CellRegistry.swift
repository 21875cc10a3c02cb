import Synchronization

/// The cells that a configuration can name.
public enum CellRegistry {
  private static let cells = Mutex<[any RecurrentCell.Type]>([
    ElmanCell.self, GRUCell.self, LSTMCell.self,
  ])

  /// Makes a cell known by its name, in place of an earlier one of that name.
  public static func register(_ cell: any RecurrentCell.Type) {
    cells.withLock { known in
      known.removeAll { $0.name == cell.name }
      known.append(cell)
    }
  }

  /// The cell of that name.
  package static func cell(named name: String) -> (any RecurrentCell.Type)? {
    cells.withLock { known in known.first { $0.name == name } }
  }

  /// All known names, in alphabetical order.
  public static var names: [String] {
    cells.withLock { known in known.map { $0.name }.sorted() }
  }
}
