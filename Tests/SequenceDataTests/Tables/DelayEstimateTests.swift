import SequenceData
import Testing

/// The delay between inputs and targets.
struct DelayEstimateTests {
  private func noise(_ count: Int, seed: UInt64) -> [Double] {
    var random = SampleRandom(shuffling: 0, seed: seed)
    return (0..<count).map { _ in Double(random.nextInteger(below: 2001)) / 1000 - 1 }
  }

  @Test(arguments: [0, 1, 23, 499, -1, -130], [0.0, 3.0])
  func delaysAreFound(lag: Int, offset: Double) {
    let count = 2000
    let signal = noise(count + 1000, seed: 3)
    let inputs = Array(signal[500..<500 + count])
    // Turned, distorted, and with noise of its own.
    let other = noise(count, seed: 4)
    let targets = (0..<count).map { row in
      offset - 2 * signal[500 + row - lag] + 0.3 * other[row]
    }
    let delay = DelayEstimate(inputs: inputs, targets: targets)
    #expect(delay.lag == lag && delay.isClear && delay.rows == count)
    #expect(delay.correlation < -0.65)
  }

  /// Against the sums themselves.
  @Test func correlationIsThatOfTheSums() {
    let (x, y) = (noise(200, seed: 5), noise(200, seed: 6))
    let (a, b) = (centred(x), centred(y))
    var (lag, largest) = (0, 0.0)
    for distance in -50...50 {
      var sum = 0.0
      for row in 0..<200 where (0..<200).contains(row + distance) {
        sum += a[row] * b[row + distance]
      }
      if abs(sum) > abs(largest) { (lag, largest) = (distance, sum) }
    }
    let energies = [a, b].map { values in values.reduce(0) { $0 + $1 * $1 } }
    let scale = (energies[0] * energies[1]).squareRoot()
    let delay = DelayEstimate(inputs: x, targets: y)
    #expect(delay.lag == lag && abs(delay.correlation - largest / scale) < 1e-12)
    #expect(!delay.isClear && delay.description.contains("too weak to tell"))
  }

  private func centred(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { $0 - mean }
  }

  @Test func whatCannotBeTold() {
    #expect(!DelayEstimate(inputs: [], targets: []).isClear)
    #expect(DelayEstimate(inputs: [], targets: []).correlation == 0)
    let still = DelayEstimate(inputs: Array(repeating: 2, count: 900), targets: noise(900, seed: 7))
    #expect(!still.isClear && still.lag == 0 && still.correlation == 0)
    var inputs = noise(1000, seed: 8)
    let targets = inputs
    inputs[5] = .nan
    let delay = DelayEstimate(inputs: inputs, targets: targets)
    #expect(delay.lag == 0 && delay.correlation > 0.99)
    #expect(delay.description == "inputs and targets are aligned (correlation 1.0)")
  }
}
