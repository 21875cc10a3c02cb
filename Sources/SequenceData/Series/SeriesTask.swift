/// How a series is read: which rows belong together, and what counts.
package struct SeriesTask: Sendable, Equatable, Codable {
  /// What stands for an input that is missing.
  package enum Missing: String, Sendable, Equatable, Codable {
    /// Nothing: it is an error.
    case refuse
    /// The last value before it, the mean where there is none; a 0/1 column tells.
    case previous
    /// The mean; a 0/1 column tells.
    case mean
  }

  /// The columns that are read; nil for all.
  package var inputs: [String]?
  /// The columns that are predicted; nil for all.
  package var targets: [String]?
  /// The column whose change begins a new sequence.
  package var group: String?
  /// How many rows after its inputs a time step's targets lie.
  package var shift = 1
  /// What stands for an input that is missing.
  package var missing = Missing.refuse
  /// Whether only a sequence's last time step counts.
  package var countsLastOnly = false
  /// The largest value of a target; larger ones are taken for it.
  package var cap: Double?
  /// Time steps that run but do not count at the start of a sequence and before each piece.
  package var warmUp = 0
  /// The time steps of a piece; nil cuts no more than the streams need.
  package var piece: Int?
  /// Whether the loss asks for the deviation of each sequence.
  package var needsDeviations = false

  /// The next row of all columns.
  package init() {}

  /// The columns of a file that holds inputs and targets: the inputs, then what of the targets is none.
  static func order(inputs: [String], targets: [String]) -> [String] {
    inputs + targets.filter { !inputs.contains($0) }
  }

  /// The width of a model's input for so many columns and attributes: columns, marks of missing ones,
  /// attributes.
  package func inputWidth(columns: Int, attributes: Int) -> Int {
    (missing == .refuse ? columns : 2 * columns) + attributes
  }
}
