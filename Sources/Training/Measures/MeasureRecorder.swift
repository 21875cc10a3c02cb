import Communication
import Recurrent
import SequenceData

/// Measures a model of values while it runs over a corpus.
final class MeasureRecorder {
  private let units: MeasuredUnits
  private let targets: [MeasuredTarget]
  private let reading: PointPrediction
  private let table: MeasureTable

  /// A recorder of a corpus in so many streams, over all ranks; nil unless it has values to predict.
  ///
  /// - Parameters:
  ///   - corpus: what is measured on.
  ///   - streams: of the global minibatch.
  ///   - description: the model's network.
  ///   - data: what the model remembers of its data.
  init?(
    _ corpus: any Corpus, streams: Int, description: NetworkDescription, data: DataDescription
  ) {
    guard case .values = corpus.targetKind else { return nil }
    units = MeasuredUnits(of: corpus, streams: streams)
    targets = data.measuredTargets
    reading = PointPrediction(description)
    table = MeasureTable(units, targets: targets.count, reading: reading)
  }

  /// Begins anew.
  func clear() { table.clear() }

  /// Adds a window of this rank's streams.
  ///
  /// - Parameters:
  ///   - outputs: the network's, [T, B, O].
  ///   - window: what they were computed from.
  func add(_ outputs: UnsafePointer<Float>, of window: Window) { table.add(outputs, of: window) }

  /// The measures of what all ranks have added since the beginning. Collective.
  ///
  /// - Parameter communicator: these ranks.
  /// - Throws: `CommunicationError`.
  func report(over communicator: any Communicator) throws(CommunicationError) -> MeasureReport {
    if let base = table.values.baseAddress {
      try communicator.allreduceSum(base, count: table.values.count)
    }
    return MeasureReport(table, units, targets: targets, reading: reading)
  }
}
