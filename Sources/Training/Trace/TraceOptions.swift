/// A timeline of a run's first steps.
public struct TraceOptions: Sendable {
  /// Where it goes.
  public var path: String
  /// How many steps it shows.
  public var steps: Int

  /// - Parameters:
  ///   - path: the file, in Chrome's trace format.
  ///   - steps: how many of the run's first steps it shows, at least 1.
  public init(path: String, steps: Int = 20) {
    precondition(steps >= 1, "a trace of \(steps) steps")
    self.path = path
    self.steps = steps
  }
}
