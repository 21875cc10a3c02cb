import Files
import Recurrent
import SequenceData
import Settings
import Storage
import Workers

/// Forecasts of a series by a model that predicts the next row of what it reads, in the data's units.
final class SeriesForecaster {
  private let simulation: SeriesSimulation
  private let outputs: SeriesOutputs

  init(
    _ members: [SeriesSimulation.Member], columns: SeriesColumns, loss: Configuration.Loss,
    pool: WorkerPool
  ) throws {
    outputs = SeriesOutputs(loss, targets: columns.targets, isAveraged: members.count > 1)
    simulation = try SeriesSimulation(members, outputs: outputs, pool: pool)
  }

  /// As CSV, line by line: every time step's truth beside what the model says of it from the rows before.
  /// A column tells the sequence where there are several.
  func oneStepAhead(_ series: SeriesCorpus, to write: (String) throws -> Void) throws {
    let titles = series.columns.targets.map(\.title)
    let several = series.sequences.count > 1
    let header =
      (several ? ["sequence"] : []) + ["time_step"] + titles
      + outputs.names.map { "\($0)_predicted" }
    try write(header.csvLine)
    for (number, sequence) in series.sequences.enumerated() {
      try simulation.run(series, sequence: number) { timeStep, values in
        let truth = titles.indices.map {
          series.target(sequence: number, timeStep: timeStep, column: $0)
        }
        // The time step of what is predicted, counted from the part's first row.
        let place = timeStep - sequence.timeSteps.lowerBound + series.task.shift
        try write(
          ((several ? [sequence.name] : []) + ["\(place)"] + (truth + values).map { "\($0)" })
            .csvLine)
      }
    }
  }

  /// The names of what a forecast gives.
  var names: [String] { outputs.names }

  /// Reads a whole sequence, then goes on for `horizon` time steps on its own predictions.
  func closedLoop(
    _ series: SeriesCorpus, sequence: Int, horizon: Int,
    each: (_ timeStep: Int, _ values: [Double]) throws -> Void
  ) throws {
    let rows = series.sequences[sequence].timeSteps.upperBound
    var values = try simulation.last(series, sequence: sequence, rows: rows)
    for step in 0..<horizon {
      try each(rows + step, values)
      values = simulation.next(
        inputs: zip(series.columns.inputs, outputs.points).map { $0.normalize(values[$1]) })
    }
  }
}
