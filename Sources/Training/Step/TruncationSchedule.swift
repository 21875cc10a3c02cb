import SequenceData
import Settings

/// The time steps that one update covers, as positions in the epoch's streams.
package struct WindowSpan: Sendable, Equatable {
  /// Where the forward pass begins; the gradient is cut here.
  package let leftEdge: Int
  /// The first time step that counts.
  package let countedFrom: Int
  /// One past the last time step.
  package let end: Int
  /// The next window's left edge, where the carried state is taken.
  package let nextLeftEdge: Int
}

/// Truncated back-propagation through time as a list of windows.
///
/// Update n counts [n·k1, (n+1)·k1) and runs forward from max(0, (n+1)·k1 − k2): BPTT(h; h′) of
/// Williams & Peng (1990) with h = k2, h′ = k1, but with today's weights throughout. Under `full`
/// a window is as long as its longest sequence.
package struct TruncationSchedule: Sendable {
  private let plan: EpochPlan
  private let truncation: Configuration.Truncation

  package init(plan: EpochPlan, truncation: Configuration.Truncation) {
    self.plan = plan
    self.truncation = truncation
  }

  /// The number of windows in the epoch.
  package var count: Int {
    switch truncation {
    case .windows(let k1, _): plan.windowCount(k1: k1)
    case .full: plan.windowEdges.count - 1
    }
  }

  /// The longest window's time steps.
  package var longestWindow: Int {
    switch truncation {
    case .windows(_, let k2): min(k2, plan.timeSteps)
    case .full: plan.longestWindow
    }
  }

  /// The window of update `n`.
  package subscript(n: Int) -> WindowSpan {
    switch truncation {
    case .windows(let k1, let k2):
      let end = min((n + 1) * k1, plan.timeSteps)
      return WindowSpan(
        leftEdge: max(0, (n + 1) * k1 - k2), countedFrom: n * k1, end: end,
        nextLeftEdge: min(max(0, (n + 2) * k1 - k2), end))
    case .full:
      let (left, end) = (plan.windowEdges[n], plan.windowEdges[n + 1])
      return WindowSpan(leftEdge: left, countedFrom: left, end: end, nextLeftEdge: end)
    }
  }
}
