/// What stands against an export, in one line.
package enum ExportError: Error, CustomStringConvertible, Sendable, Equatable {
  /// A model that a format cannot hold.
  case unsuitable(String)
  /// `--check` was asked for, and what reads the format is not there.
  case noReader(path: String, needs: String)
  /// A reader refused the file, or failed.
  case unreadable(path: String, problem: String)
  /// A reader computes something else.
  case differs(path: String, difference: Double, tolerance: Float)

  package var description: String {
    switch self {
    case .unsuitable(let problem): problem
    case .noReader(let path, let needs):
      "\(path): is written, but not checked: --check needs \(needs)"
    case .unreadable(let path, let problem): "\(path): is written, but does not read: \(problem)"
    case .differs(let path, let difference, let tolerance):
      "\(path): is written, but its reader's outputs differ from the model's by \(difference), more than "
        + "\(tolerance); do not use it"
    }
  }
}
