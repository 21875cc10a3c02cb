import Files
import SequenceData

/// What a model says of a series, row by row: a simulation of what it reads, or a forecast.
struct SeriesPrediction {
  /// The names of the sequences.
  let sequences: [String]
  /// The names of the values.
  let names: [String]
  /// Time steps per second, where the files say so.
  let sampleRate: Double?
  /// Gives every row in turn.
  let rows:
    (_ each: (_ sequence: Int, _ timeStep: Int, _ values: [Double]) throws -> Void) throws -> Void

  /// Follows every sequence.
  static func simulation(
    of series: SeriesCorpus, with model: TrainedModel
  ) throws -> SeriesPrediction {
    let (simulation, outputs) = try model.makeSimulation()
    return SeriesPrediction(
      sequences: series.sequences.map(\.name), names: outputs.names,
      sampleRate: series.columns.sampleRate
    ) { each in
      for number in series.sequences.indices {
        // The time step is that of what is predicted.
        try simulation.run(series, sequence: number) {
          try each(number, $0 + series.task.shift, $1)
        }
      }
    }
  }

  /// Goes on after the end of each sequence for so many rows.
  static func forecast(
    of series: SeriesCorpus, horizon: Int, with model: TrainedModel
  ) throws -> SeriesPrediction {
    let forecaster = try SeriesForecaster(
      model.simulated, columns: series.columns, loss: model.configuration.loss,
      pool: model.pool)
    return SeriesPrediction(
      sequences: series.sequences.map(\.name), names: forecaster.names,
      sampleRate: series.columns.sampleRate
    ) { each in
      for number in series.sequences.indices {
        try forecaster.closedLoop(series, sequence: number, horizon: horizon) {
          try each(number, $0, $1)
        }
      }
    }
  }

  /// The rows as CSV. A column tells the sequence where there are several.
  func write(_ write: (String) throws -> Void) throws {
    let several = sequences.count > 1
    try write(((several ? ["sequence"] : []) + ["time_step"] + names).csvLine)
    try rows { sequence, timeStep, values in
      let places = several ? [sequences[sequence], "\(timeStep)"] : ["\(timeStep)"]
      try write((places + values.map { "\($0)" }).csvLine)
    }
  }

  /// The rows as a table of numbers, in the format that the file's name chooses.
  ///
  /// - Throws: `TableError`, `FileError`, `TrainingError.unsuitable` for several sequences as one sound.
  func write(to path: String) throws {
    let format = try TableFormat(of: path, sampleRate: sampleRate)
    let several = sequences.count > 1
    if case .wav = format, several {
      throw TrainingError.unsuitable(
        "\(path): a WAV file holds one sequence, the data have \(sequences.count); predict them one "
          + "by one, or into .csv or .npy")
    }
    let writer = try TableWriter(
      format, to: path, columns: (several ? ["sequence"] : []) + ["time_step"] + names,
      places: several ? 2 : 1)
    try rows { sequence, timeStep, values in
      try writer.write((several ? [Double(sequence)] : []) + [Double(timeStep)] + values)
    }
    try writer.finish()
    if writer.clippedValues > 0 {
      StandardStream.error(
        "unfold: \(path): \(writer.clippedValues) samples lie beyond ±1; players clip them\n")
    }
  }
}
