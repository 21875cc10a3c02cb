import SequenceData
import Settings

/// A kind of data: how it is opened, for training and for a trained model, and what a model of it
/// predicts. Each section of `data` is one.
protocol DataSource: Sendable {
  /// Opens the training and the validation part.
  ///
  /// - Throws: `AgreedFailure` with the error of the lowest failing rank.
  func open(_ loader: CorpusLoader) throws -> ExperimentData

  /// Opens another file, read as the trained model's data were.
  ///
  /// - Throws: `AgreedFailure`; `TrainingError.unsuitable` if there are no such files.
  func open(_ path: String, like data: DataDescription, _ loader: CorpusLoader) throws -> any Corpus

  /// Writes what a model says of a file, piece by piece.
  ///
  /// - Throws: `SequenceDataError`, `TrainingError.unsuitable`, and what `write` throws.
  func predict(
    _ request: PredictionRequest, with model: TrainedModel, to write: (String) throws -> Void)
    throws
}

extension Configuration.Data {
  /// What opens and predicts data of this kind.
  var source: any DataSource {
    switch self {
    case .text(let source): source
    case .series(let source): source
    case .sequences(let source): source
    case .reber(let source): source
    case .mackeyGlass(let source): source
    case .adding(let source): source
    case .copying(let source): source
    case .random(let source): source
    case .randomValues(let source): source
    }
  }
}

/// What is to be predicted, and how much of it.
struct PredictionRequest {
  /// The file.
  let path: String
  /// Rows to forecast, if given.
  let horizon: Int?
  /// Whether to say something of every time step.
  let perStep: Bool
  /// The table of numbers that is to be written in place of text, if any.
  var table: String?

  /// Refuses what the kind of data has no use for.
  func refuse(horizon refusesHorizon: Bool, perStep refusesSteps: Bool, _ data: Configuration.Data)
    throws(TrainingError)
  {
    let kind = data.kind.rawValue
    if let table, ![.series, .mackeyGlass].contains(data.kind) {
      throw .unsuitable(
        "\(table): arrays and sound are for series, the model's data.kind is \(kind); give another "
          + "name")
    }
    if refusesSteps, perStep {
      throw .unsuitable(
        "--per-step is for sequences, the model's data.kind is \(kind); leave it out")
    }
    if refusesHorizon, horizon != nil {
      throw .unsuitable(
        kind == "series"
          ? "--horizon is for models that predict the next row of what they read; leave it out"
          : "--horizon is for series, the model's data.kind is \(kind); leave it out")
    }
  }
}
