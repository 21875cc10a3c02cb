/// Where one step's time went on this rank, in seconds.
public struct StepTimes: Sendable, Equatable {
  /// Input, layers, readout and loss.
  public var forward = 0.0
  /// Back-propagation and weight gradients.
  public var backward = 0.0
  /// Summing over ranks, as far as nothing was computed meanwhile.
  public var exchange = 0.0
  /// Summing over nodes while gradients were still computed; not in the total.
  public var hidden = 0.0
  /// Norm, clipping, optimizer and packing of the new weights.
  public var update = 0.0
  /// Waiting in hand-overs: until all have read the old weights, until the new ones are there, and
  /// until they are packed.
  public var wait = 0.0

  /// No time at all.
  public init() {}

  /// All of it.
  public var total: Double { forward + backward + exchange + update + wait }
}
