import Recurrent
import SequenceData
import Storage
import Workers

/// Forecasts of a series, as CSV in the data's units.
final class SeriesForecaster {
  private let stream: SingleStream
  private let normalization: Normalization
  private let width: Int
  private let columnNames: [String]

  init(
    description: NetworkDescription, data: DataDescription, weights: UnsafePointer<Float>,
    pool: WorkerPool
  ) throws {
    guard let normalization = data.normalization else {
      throw TrainingError.unsuitable("a forecast needs a model of a series")
    }
    self.normalization = normalization
    width = description.outputs
    columnNames = data.columnNames ?? (0..<description.outputs).map { "column_\($0 + 1)" }
    stream = try SingleStream(description: description, weights: weights, pool: pool)
  }

  /// Every row of the series after the first beside its prediction from the rows before it.
  func oneStepAhead(_ series: SeriesCorpus) throws -> String {
    stream.restart()
    let names = columnNames
    let header = ["time_step"] + names + names.map { "\($0)_predicted" }
    var lines = [header.joined(separator: ",")]
    for row in 0..<series.rowCount - 1 {
      let predicted = restore(stream.read(vector: normalized(series, row: row)))
      let actual = (0..<width).map { series.value(row: row + 1, column: $0) }
      lines.append(
        ([String(row + 1)] + (actual + predicted).map { "\($0)" }).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads the whole series, then goes on for `horizon` time steps on its own predictions, line by
  /// line.
  func closedLoop(
    _ series: SeriesCorpus, horizon: Int, to write: (String) throws -> Void
  ) throws {
    stream.restart()
    var outputs: [Float] = []
    for row in 0..<series.rowCount {
      outputs = Array(stream.read(vector: normalized(series, row: row)))
    }
    try write((["time_step"] + columnNames).joined(separator: ",") + "\n")
    for step in 0..<horizon {
      let values = outputs.withUnsafeBufferPointer { restore($0) }
      let timeStep = String(series.rowCount + step)
      try write(([timeStep] + values.map { "\($0)" }).joined(separator: ",") + "\n")
      outputs = Array(stream.read(vector: outputs))
    }
  }

  private func normalized(_ series: SeriesCorpus, row: Int) -> [Float] {
    (0..<width).map { column in
      normalization.normalize(series.value(row: row, column: column), column: column)
    }
  }

  private func restore(_ outputs: UnsafeBufferPointer<Float>) -> [Double] {
    outputs.indices.map { normalization.restore(outputs[$0], column: $0) }
  }
}
