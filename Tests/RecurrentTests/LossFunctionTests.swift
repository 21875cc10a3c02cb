import Recurrent
import Storage
import Testing

/// Losses of rows, and a new one, write the gradient of weight · loss over the outputs.
struct LossFunctionTests {
  private static let losses: [any RowLoss] = [
    CrossEntropy(), ValueLoss(.meanSquaredError), BinaryCrossEntropy(), RootError(),
  ]

  /// Central differences in single precision: with a width of 1/64 their error stays below 1e-3.
  @Test(arguments: losses.indices)
  func gradientsAgreeWithFiniteDifferences(_ index: Int) {
    let sample = LossSample()
    let outputs = (0..<12).map { Float(($0 * 37 + 11) % 23) / 12 - 1 }
    let gradients = sample.evaluate(Self.losses[index], outputs).gradients
    for element in outputs.indices {
      let losses = [Float(1) / 64, -1 / 64].map { width in
        var moved = outputs
        moved[element] += width
        return sample.evaluate(Self.losses[index], moved).total
      }
      let slope = (losses[0] - losses[1]) * 32
      #expect(abs(slope - Double(gradients[element])) < 1e-3, "output \(element)")
    }
  }
}

/// A window of four time steps of which the last three are evaluated.
private final class LossSample {
  private let width = 3
  private let weights = Arena([5, 1, 0.5, 2] as [Float])
  private let values = Arena([1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0] as [Float])
  private let classes = Arena([0, 2, 1, 0] as [Int32])
  private let resets = Arena<UInt8>(count: 4)

  /// Σ weight · loss, and the gradients of all outputs.
  func evaluate(
    _ loss: any RowLoss, _ outputs: [Float]
  ) -> (total: Double, gradients: [Float]) {
    let arena = Arena(outputs)
    let losses = Arena<Double>(count: 4)
    let shares = Arena<Double>(count: 4)
    let hits = Arena<UInt8>(count: 4)
    let batch = NetworkBatch(
      dimensions: WindowDimensions(timeSteps: 4, streams: 1), targetClasses: classes.base,
      targetValues: values.base, weights: weights.base, resets: resets.base)
    loss.evaluate(
      LossRows(
        1..<4, of: batch, outputs: Disjoint(arena.base), width: width,
        targets: width, losses: Disjoint(losses.base), shares: Disjoint(shares.base),
        hits: Disjoint(hits.base)))
    let total = (1..<4).reduce(0.0) { $0 + Double(weights.base[$1]) * losses.base[$1] }
    #expect(shares.buffer.dropFirst().allSatisfy { $0 == 1 })
    // The row before is not among them, so its outputs stay.
    #expect(arena.buffer.prefix(width).elementsEqual(outputs.prefix(width)))
    let gradients = arena.buffer.enumerated().map { $0.offset < width ? 0 : $0.element }
    return (total, gradients)
  }
}
