/// What a rank does during a part of a step.
enum Activity: UInt8, CaseIterable {
  /// Reads the window's time steps.
  case reading
  /// Agrees with the others on the rows of the table that the window touches.
  case rows
  /// Runs forward and measures the loss.
  case forward
  /// Back-propagates and forms a region's gradients.
  case backward
  /// Waits for the gradients' sums over ranks.
  case exchange
  /// Sums the losses over ranks.
  case losses
  /// Folds the gradients, and forms their norm.
  case norm
  /// Waits for other ranks of the node.
  case wait
  /// Moves the weights.
  case update
  /// Packs them for products.
  case packing

  /// Adds a duration to the phase of a step that it belongs to.
  func add(_ seconds: Double, to times: inout StepTimes) {
    switch self {
    case .reading, .forward: times.forward += seconds
    case .backward: times.backward += seconds
    case .rows, .exchange, .losses: times.exchange += seconds
    case .norm, .update, .packing: times.update += seconds
    case .wait: times.wait += seconds
    }
  }
}
