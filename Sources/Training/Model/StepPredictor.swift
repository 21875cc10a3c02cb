import Recurrent
import Storage

/// Reads one stream, one time step at a time, by a model and those that are averaged with it, and says
/// something of each.
final class StepPredictor {
  private let model: TrainedModel
  private let streams: [SingleStream]
  /// Of the outputs of several models.
  private let mean: OutputMean?

  init(_ model: TrainedModel) throws {
    self.model = model
    streams = try model.members.map { member in
      try SingleStream(
        description: member.description, weights: member.parameters, pool: member.pool)
    }
    mean = model.companions.isEmpty ? nil : OutputMean(model.description, rows: 1)
  }

  /// Back to the zero state.
  func restart() {
    for stream in streams { stream.restart() }
  }

  /// Reads a symbol; what is said of the next time step.
  func read(symbol: Int32) -> StepPrediction { prediction { $0.read(symbol: symbol) } }

  /// Reads a vector; what is said of the next time step.
  func read(vector: [Float]) -> StepPrediction { prediction { $0.read(vector: vector) } }

  private func prediction(
    _ read: (SingleStream) -> UnsafeBufferPointer<Float>
  ) -> StepPrediction {
    guard let mean else { return model.prediction(read(streams[0])) }
    mean.clear()
    for stream in streams {
      if let outputs = read(stream).baseAddress { mean.add(outputs, rows: 1) }
    }
    var prediction = model.prediction(
      UnsafeBufferPointer(start: mean.outputs(), count: model.description.outputs))
    let spreads = mean.spreads(ofRow: 0)
    if prediction.class == nil {
      prediction.spreads = spreads
    } else {
      prediction.spread = spreads.first
    }
    return prediction
  }
}
