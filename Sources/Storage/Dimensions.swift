/// The time-major shape [T, B] of a window on one rank.
public struct WindowDimensions: Sendable, Equatable {
  /// T: time steps.
  public var timeSteps: Int
  /// B: streams of this rank.
  public var streams: Int

  /// A window of `timeSteps` × `streams`.
  public init(timeSteps: Int, streams: Int) {
    self.timeSteps = timeSteps
    self.streams = streams
  }

  /// T·B: rows when the window is read as a matrix.
  public var rows: Int { timeSteps * streams }
}

/// The sizes of one recurrent layer.
public struct LayerDimensions: Sendable, Equatable {
  /// I: width of the input.
  public var input: Int
  /// H: width of the hidden state.
  public var hidden: Int
  /// G: gates, each H wide.
  public var gates: Int

  /// A layer from `input` to `hidden` with `gates` gates.
  public init(input: Int, hidden: Int, gates: Int) {
    self.input = input
    self.hidden = hidden
    self.gates = gates
  }

  /// G·H: width of the gates' sums.
  public var gateWidth: Int { gates * hidden }
}
