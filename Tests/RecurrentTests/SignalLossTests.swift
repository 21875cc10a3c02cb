import Recurrent
import Storage
import Testing

/// The error-to-signal ratio over windows: what its filter remembers. GradientTests compares it within
/// one window, ExactnessTests over layouts.
struct SignalLossTests {
  /// One long window, of which some values are missing and sequences start inside.
  private static let sample = GradientCase(
    description: GradientCase.network(
      GradientCase.cells[3], Loss(.errorToSignal, weights: [1, 0.5, 2]), layers: 1, hidden: 6),
    timeSteps: 12, streams: 4, seed: 3, masked: true)

  /// Energies by which offsets, which are means of a window each, have no part in the sum.
  private static let withoutOffsets: SignalEnergies = {
    var energies = SignalEnergies()
    energies.plain = 1
    return energies
  }()

  /// Sums over windows are those of one long window, also where k2 > k1 lets the filter run again over
  /// time steps that counted before.
  @Test(arguments: [(1, 1), (3, 3), (3, 6), (2, 7)])
  func windowsAddUp(k1: Int, k2: Int) throws {
    let whole = Self.sample.window()
    let long = try Self.sample.run(streams: 0..<4)
    long.wholeEnergies = Self.withoutOffsets
    long.step(whole)
    let short = try Self.sample.run(streams: 0..<4)
    short.wholeEnergies = Self.withoutOffsets
    var energies = SignalEnergies()
    for start in stride(from: 0, to: 12, by: k1) {
      let end = min(start + k1, 12)
      let edge = max(0, start + k1 - k2)
      var window = whole.part(timeSteps: edge..<end)
      for row in 0..<(start - edge) * 4 { window.weights[row] = 0 }
      short.step(window)
      energies = energies + (short.ownEnergies ?? SignalEnergies())
      short.carry(before: max(0, end + k1 - k2) - edge)
    }
    #expect(abs(short.loss.sum - long.loss.sum) <= 1e-12 * long.loss.sum)
    #expect(abs(short.loss.count - long.loss.count) <= 1e-12 * long.loss.count)
    let expected = try #require(long.ownEnergies)
    #expect(abs(energies.emphasised - expected.emphasised) <= 1e-12 * expected.emphasised)
    #expect(abs(energies.plain - expected.plain) <= 1e-12 * expected.plain)
    #expect(long.loss.count == expected.emphasised)
  }

  /// Without what it remembers, the sums of short windows would differ.
  @Test func theMemoryCounts() throws {
    let window = Self.sample.window().part(timeSteps: 4..<8)
    let sums = try [Float(0), 0.5].map { remembered in
      let run = try Self.sample.run(streams: 0..<4)
      run.state.lossMemory.update(repeating: remembered, count: 4 * run.state.lossWidth)
      run.step(window)
      return run.loss
    }
    #expect(sums[0].sum != sums[1].sum && sums[0].count != sums[1].count)
  }

  /// Nothing that was before a sequence's start is remembered.
  @Test func nothingCrossesAReset() throws {
    var window = Self.sample.window()
    for stream in 0..<4 { window.resets[stream] = 1 }
    let runs = try [Float(0), .nan].map { before in
      let run = try Self.sample.run(streams: 0..<4)
      run.stateValues = run.stateValues.map { _ in before }
      run.step(window)
      return run
    }
    #expect(runs[1].loss == runs[0].loss && runs[0].loss.sum > 0)
    #expect(sameBits(runs[1].gradients, runs[0].gradients))
  }

  /// An empty window gives neither a sum nor a gradient.
  @Test func aWindowWithoutCountedTimeStepsHasNoGradient() throws {
    var window = Self.sample.window()
    window.weights = window.weights.map { _ in 0 }
    let run = try Self.sample.run(streams: 0..<4)
    run.step(window)
    #expect(run.loss == LossSum())
    #expect(run.gradients.allSatisfy { $0 == 0 })
  }

  @Test func otherLossesAskForNoEnergies() throws {
    let sample = GradientCase.values[0]
    let run = try sample.run(streams: 0..<3)
    run.step(sample.window())
    #expect(run.ownEnergies == nil)
  }

  /// A window whose energies nobody gave would be divided by those of another.
  @Test func energiesMustBeGiven() async {
    await #expect(processExitsWith: .failure) {
      let run = try Self.sample.run(streams: 0..<4)
      let weights = Arena<Float>(count: run.network.layout.count)
      Self.sample.window().withBatch { batch in
        _ = run.network.forward(batch, weights: weights.base, from: run.state).cost()
      }
    }
  }
}
