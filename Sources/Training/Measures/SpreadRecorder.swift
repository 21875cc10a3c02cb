import Recurrent
import Storage

/// The mean over counted time steps of the deviation between models, over all ranks.
final class SpreadRecorder {
  private let table: LossTable
  /// What deviations are multiplied with, each target's; none for probabilities.
  private let scales: [Double]

  /// - Parameters:
  ///   - tree: of the global minibatch.
  ///   - targets: the values that are predicted; none for classes and labels.
  init(_ tree: LeafTree, targets: [MeasuredTarget]) {
    table = LossTable(tree)
    scales = targets.map { abs($0.scale) }
  }

  /// Begins anew.
  func clear() { table.clear() }

  /// Adds a window of this rank's streams.
  ///
  /// - Parameters:
  ///   - mean: of the models' outputs.
  ///   - batch: what they were computed from.
  ///   - leaves: this rank's.
  func add(_ mean: OutputMean, of batch: NetworkBatch, leaves: Range<Int>) {
    let streams = batch.dimensions.streams
    for leaf in 0..<batch.leaves.count {
      var sum = table[leaves.lowerBound + leaf]
      for stream in batch.leaves.streams(ofLeaf: leaf, of: streams) {
        for timeStep in 0..<batch.dimensions.timeSteps {
          let row = timeStep * streams + stream
          guard batch.weights[row] != 0 else { continue }
          var spreads = mean.spreads(ofRow: row)
          if spreads.count == scales.count {
            spreads = zip(spreads, scales).map { $0 * $1 }
          }
          sum.sum += spreads.reduce(0, +) / Double(spreads.count)
          sum.count += 1
        }
      }
      table[leaves.lowerBound + leaf] = sum
    }
  }

  /// The mean over what all ranks have added. Collective.
  ///
  /// - Throws: `AgreedFailure`, `CommunicationError`.
  func mean(_ control: RunControl) throws -> Double { try control.total(table).mean }
}
