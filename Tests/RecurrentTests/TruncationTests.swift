import Recurrent
import Storage
import Testing

/// Windows, their left edges, and what is carried over them.
struct TruncationTests {
  /// One long window of every cell, cut in different ways.
  static let cases: [GradientCase] = GradientCase.cells.map { cell in
    GradientCase(
      description: GradientCase.network(cell, .crossEntropy, layers: 2, hidden: 9), timeSteps: 12,
      streams: 5, seed: 3)
  }

  @Test(arguments: cases, [1, 3, 5, 12])
  func windowsForwardEqualOneLongForward(_ sample: GradientCase, width: Int) throws {
    let whole = sample.window()
    let long = try sample.run(streams: 0..<5)
    long.forward(whole)
    long.carry(before: 12)
    let short = try sample.run(streams: 0..<5)
    var outputs: [Float] = []
    for first in stride(from: 0, to: 12, by: width) {
      let window = whole.part(timeSteps: first..<min(first + width, 12))
      short.forward(window)
      outputs += short.outputs
      short.carry(before: window.dimensions.timeSteps)
    }
    #expect(sameBits(outputs, long.outputs))
    #expect(sameBits(short.stateValues, long.stateValues))
  }

  /// A window with k2 > k1 is carried on from the next one's left edge, inside of it.
  @Test(arguments: cases)
  func overlappingWindowsEqualOneLongForward(_ sample: GradientCase) throws {
    let whole = sample.window()
    let long = try sample.run(streams: 0..<5)
    long.forward(whole)
    let (k1, k2) = (3, 6)
    let short = try sample.run(streams: 0..<5)
    for end in stride(from: k1, through: 12, by: k1) {
      let window = whole.part(timeSteps: max(0, end - k2)..<end)
      short.forward(window)
      let row = window.outputs * 5
      #expect(
        sameBits(
          Array(short.outputs.suffix(k1 * row)),
          Array(long.outputs[(end - k1) * row..<end * row])))
      let next = max(0, end + k1 - k2)
      short.carry(before: next - max(0, end - k2))
    }
  }

  /// With k2 ≥ the length, the updates' gradients add up to that of full BPTT.
  @Test(arguments: cases, [2, 4])
  func longTruncationEqualsFullBPTT(_ sample: GradientCase, k1: Int) throws {
    let whole = sample.window()
    let full = try sample.run(streams: 0..<5)
    full.step(whole)
    let truncated = try sample.run(streams: 0..<5)
    for first in stride(from: 0, to: 12, by: k1) {
      var window = whole.part(timeSteps: 0..<first + k1)
      for row in 0..<first * 5 { window.weights[row] = 0 }
      truncated.step(window)
    }
    #expect(truncated.loss.count == full.loss.count)
    let expected = full.gradients.map(Double.init)
    let difference = firstDifference(
      truncated.gradients, expected, relative: 2 * Tolerance.gradient)
    #expect(difference == nil)
    let short = try sample.run(streams: 0..<5)
    for first in stride(from: 0, to: 12, by: k1) {
      short.step(whole.part(timeSteps: first..<first + k1))
      short.carry(before: k1)
    }
    // The cut at the left edge must be felt, or this test would show nothing.
    #expect(firstDifference(short.gradients, expected, relative: 1e-3) != nil)
  }

  /// No gradient and no state crosses a reset: what came before makes no difference.
  @Test(arguments: cases)
  func nothingCrossesAReset(_ sample: GradientCase) throws {
    var whole = sample.window()
    for stream in 0..<5 {
      whole.resets[6 * 5 + stream] = 1
      for timeStep in 0..<6 { whole.weights[timeStep * 5 + stream] = 0 }
    }
    let long = try sample.run(streams: 0..<5)
    long.step(whole)
    let short = try sample.run(streams: 0..<5)
    short.stateValues = short.stateValues.map { _ in .nan }
    let second = whole.part(timeSteps: 6..<12)
    short.step(second)
    #expect(sameBits(Array(long.outputs.suffix(short.outputs.count)), short.outputs))
    #expect(long.loss == short.loss)
    let expected = long.gradients.map(Double.init)
    #expect(firstDifference(short.gradients, expected, relative: Tolerance.gradient) == nil)
  }

  @Test func aWindowWithoutCountedTimeStepsHasNoGradient() throws {
    for sample in Self.cases {
      var window = sample.window()
      window.weights = window.weights.map { _ in 0 }
      let run = try sample.run(streams: 0..<5)
      run.step(window)
      #expect(run.loss == LossSum())
      #expect(run.gradients.allSatisfy { $0 == 0 })
    }
  }

  @Test func aWindowOfOtherStreamsIsRefused() async {
    await #expect(processExitsWith: .failure) {
      let sample = Self.cases[0]
      try sample.run(streams: 0..<4).forward(sample.window())
    }
  }
}
