import SequenceData
import Settings
import Testing
import Training

/// The windows of an epoch, against DESIGN's definition: update n counts [n·k1, (n+1)·k1) and runs
/// forward from max(0, (n+1)·k1 − k2).
struct TruncationScheduleTests {
  private static func windows(_ schedule: TruncationSchedule) -> [WindowSpan] {
    (0..<schedule.count).map { schedule[$0] }
  }

  private static func continuous(timeSteps: Int, k1: Int, k2: Int) throws -> TruncationSchedule {
    let plan = try EpochPlan(
      corpus: LengthsCorpus([timeSteps], isContinuous: true), streams: 1)
    return TruncationSchedule(plan: plan, truncation: .windows(k1: k1, k2: k2))
  }

  @Test(arguments: [1, 5, 12, 13, 47], [(1, 1), (3, 3), (3, 4), (4, 11), (5, 100), (50, 60)])
  func everyTimeStepCountsOnce(timeSteps: Int, window: (k1: Int, k2: Int)) throws {
    let schedule = try Self.continuous(timeSteps: timeSteps, k1: window.k1, k2: window.k2)
    let windows = Self.windows(schedule)
    #expect(windows.flatMap { Array($0.countedFrom..<$0.end) } == Array(0..<timeSteps))
    #expect(windows.dropLast().allSatisfy { $0.end - $0.countedFrom == window.k1 })
  }

  @Test(arguments: [1, 5, 12, 13, 47], [(1, 1), (3, 3), (3, 4), (4, 11), (5, 100), (50, 60)])
  func edgesFollowTheDefinition(timeSteps: Int, window: (k1: Int, k2: Int)) throws {
    let (k1, k2) = window
    let schedule = try Self.continuous(timeSteps: timeSteps, k1: k1, k2: k2)
    let windows = Self.windows(schedule)
    for (n, span) in windows.enumerated() {
      #expect(span.leftEdge == max(0, (n + 1) * k1 - k2))
      #expect(span.leftEdge <= span.countedFrom)
      #expect(span.end - span.leftEdge <= min(k2, schedule.longestWindow))
      // The carried state must lie in the window that has just run.
      #expect((span.leftEdge...span.end).contains(span.nextLeftEdge))
    }
    for (span, next) in zip(windows, windows.dropFirst()) {
      #expect(span.nextLeftEdge == next.leftEdge)
    }
    #expect(schedule.longestWindow == min(k2, timeSteps))
  }

  @Test(arguments: 1...6)
  func gradientThatReachesTheStartIsFull(k1: Int) throws {
    let windows = Self.windows(try Self.continuous(timeSteps: 20, k1: k1, k2: 20 + 2 * k1))
    #expect(windows.allSatisfy { $0.leftEdge == 0 && $0.nextLeftEdge == 0 })
  }

  @Test func fullWindowsHoldWholeSequences() throws {
    let lengths = [3, 9, 2, 7, 7, 1, 4]
    let plan = try EpochPlan(
      corpus: LengthsCorpus(lengths, isContinuous: false), streams: 3, mode: .full)
    let schedule = TruncationSchedule(plan: plan, truncation: .full)
    let windows = Self.windows(schedule)
    #expect(windows.map { $0.end - $0.leftEdge } == [9, 7, 4])
    #expect(schedule.longestWindow == 9)
    for span in windows {
      #expect(span.countedFrom == span.leftEdge && span.nextLeftEdge == span.end)
    }
    for (span, next) in zip(windows, windows.dropFirst()) { #expect(span.end == next.leftEdge) }
  }
}
