import Recurrent
import Storage
import Testing

/// Dropout in the network; GradientTests compares its gradients.
struct DropoutTests {
  static let sample: GradientCase = {
    var network = GradientCase.network(
      GradientCase.cells[2], .crossEntropy, layers: 2, hidden: 11)
    network.dropout = DropoutRates(input: 0.2, between: 0.4, output: 0.3)
    return GradientCase(description: network, timeSteps: 10, streams: 4)
  }()

  /// A time step has one mask, whichever window it is seen in.
  @Test func overlappingWindowsSeeTheSameMasks() throws {
    let whole = Self.sample.window()
    let key = DropoutKey(seed: 3, firstStream: 2, firstTimeStep: 70)
    let long = try Self.sample.run(streams: 0..<4)
    long.forward(whole, dropout: key)
    let short = try Self.sample.run(streams: 0..<4)
    short.forward(whole.part(timeSteps: 0..<6), dropout: key)
    short.carry(before: 3)
    let later = DropoutKey(seed: 3, firstStream: 2, firstTimeStep: 73)
    short.forward(whole.part(timeSteps: 3..<10), dropout: later)
    #expect(sameBits(short.outputs, Array(long.outputs.suffix(short.outputs.count))))
  }

  @Test func everyPartOfTheKeyCounts() throws {
    let window = Self.sample.window()
    let run = try Self.sample.run(streams: 0..<4)
    let keys = [
      nil, DropoutKey(seed: 3, firstStream: 2, firstTimeStep: 70),
      DropoutKey(seed: 4, firstStream: 2, firstTimeStep: 70),
      DropoutKey(seed: 3, firstStream: 6, firstTimeStep: 70),
      DropoutKey(seed: 3, firstStream: 2, firstTimeStep: 80),
    ]
    let outputs = keys.map { key in
      run.forward(window, dropout: key)
      return run.outputs
    }
    for (index, one) in outputs.enumerated() {
      for other in outputs[..<index] { #expect(one != other) }
    }
  }

  /// Without a key, as in validation, the network is the one without dropout.
  @Test func withoutAKeyNothingIsDropped() throws {
    var plain = Self.sample
    plain.description.dropout = DropoutRates()
    let (one, other) = (
      try Self.sample.run(streams: 0..<4), try plain.run(streams: 0..<4)
    )
    one.step(Self.sample.window())
    other.step(plain.window(), dropout: DropoutKey(seed: 1, firstStream: 0, firstTimeStep: 0))
    #expect(sameBits(one.outputs, other.outputs))
    #expect(sameBits(one.gradients, other.gradients))
  }
}
