import Files

/// How far the metrics of two runs are the same, step by step.
public struct MetricsDifference: Sendable, Equatable, Codable {
  /// The first and the last step of the left run; nil if it has none.
  public private(set) var leftSteps: ClosedRange<Int>?
  /// The first and the last step of the right run; nil if it has none.
  public private(set) var rightSteps: ClosedRange<Int>?
  /// How many steps both have.
  public private(set) var commonSteps = 0
  /// The last step up to which everything is the same; nil if already the first differs.
  public private(set) var lastEqualStep: Int?
  /// The last of these steps whose parameters both have hashed.
  public private(set) var lastEqualHashStep: Int?
  /// The first step that differs.
  public private(set) var first: StepDifference?

  enum CodingKeys: String, CodingKey {
    case first
    case leftSteps = "left_steps"
    case rightSteps = "right_steps"
    case commonSteps = "common_steps"
    case lastEqualStep = "last_equal_step"
    case lastEqualHashStep = "last_equal_hash_step"
  }
}

extension MetricsDifference {
  /// Reads both files to their ends, of which the smaller steps come first.
  ///
  /// - Throws: `FileError`.
  init(_ left: RunFolder, _ right: RunFolder) throws(FileError) {
    self.init()
    var lefts = try StepReader(left)
    var rights = try StepReader(right)
    var own = lefts.next()
    var other = rights.next()
    while let left = own, let right = other {
      if left.step == right.step { add(left, right) }
      if left.step <= right.step { own = lefts.next() }
      if right.step <= left.step { other = rights.next() }
    }
    while lefts.next() != nil {}
    while rights.next() != nil {}
    leftSteps = lefts.steps
    rightSteps = rights.steps
  }

  private mutating func add(_ left: StepFigures, _ right: StepFigures) {
    commonSteps += 1
    guard first == nil else { return }
    first = StepDifference(left, right)
    guard first == nil else { return }
    lastEqualStep = left.step
    if left.parametersHash != nil, right.parametersHash != nil { lastEqualHashStep = left.step }
  }
}

/// The lines of a run's metrics in turn, and which steps they are of.
private struct StepReader {
  private var lines: MetricsReader<StepFigures>
  /// The first and the last step so far.
  private(set) var steps: ClosedRange<Int>?

  /// - Throws: `FileError`.
  init(_ folder: RunFolder) throws(FileError) { lines = try MetricsReader(folder) }

  /// The next line.
  mutating func next() -> StepFigures? {
    guard let figures = lines.next() else { return nil }
    let (step, known) = (figures.step, steps)
    steps = min(known?.lowerBound ?? step, step)...max(known?.upperBound ?? step, step)
    return figures
  }
}
