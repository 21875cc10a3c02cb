/// The place of one sequence in the payload.
struct SequenceEntry {
  /// How the targets are stored.
  enum Layout: UInt32 {
    /// None: the next input is the target, so there is one input more than time steps.
    case nextInput
    /// One row, for the last time step.
    case last
    /// A flag (1 if counted) for each time step, then a row for each.
    case perStep
  }

  /// The first 4-byte element of the record, counted from the payload's beginning.
  var element: UInt64
  /// The time steps.
  var timeSteps: UInt32
  /// A `Layout`.
  var layout: UInt32
}
