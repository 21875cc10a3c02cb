/// The time-major shape [T, B] of a window on one rank.
package struct WindowDimensions: Sendable, Equatable {
  /// T: time steps.
  package var timeSteps: Int
  /// B: streams of this rank.
  package var streams: Int

  /// A window of `timeSteps` × `streams`.
  package init(timeSteps: Int, streams: Int) {
    self.timeSteps = timeSteps
    self.streams = streams
  }

  /// T·B: rows when the window is read as a matrix.
  package var rows: Int { timeSteps * streams }

  /// The rows of some time steps.
  package func rows(of timeSteps: Range<Int>) -> Range<Int> {
    timeSteps.lowerBound * streams..<timeSteps.upperBound * streams
  }
}

/// The sizes of one recurrent layer.
package struct LayerDimensions: Sendable, Equatable {
  /// I: width of the input.
  package var input: Int
  /// H: width of the hidden state.
  package var hidden: Int
  /// G: gates, each H wide.
  package var gates: Int

  /// A layer from `input` to `hidden` with `gates` gates.
  package init(input: Int, hidden: Int, gates: Int) {
    self.input = input
    self.hidden = hidden
    self.gates = gates
  }

  /// G·H: width of the gates' sums.
  package var gateWidth: Int { gates * hidden }
}
