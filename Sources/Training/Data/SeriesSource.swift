import SequenceData
import Settings

extension Configuration.Data.Series: DataSource {
  func open(_ loader: CorpusLoader) throws -> ExperimentData {
    let prepared = try loader.prepareOnNode {
      try SeriesCorpus.prepare(
        training: files.train, validation: files.validation,
        validationFraction: files.validationFraction, cache: loader.cache(files))
    }
    let split = try loader.communicator.agree { try prepared.open() }
    return ExperimentData(split, prepared.training, prepared.validation) {
      $0.normalization = prepared.normalization
      $0.columnNames = prepared.columnNames
    }
  }

  func open(
    _ path: String, like data: DataDescription, _ loader: CorpusLoader
  ) throws -> any Corpus {
    try SeriesFile(path: path).open(like: data, loader)
  }

  func predict(
    _ request: PredictionRequest, with model: TrainedModel, to write: (String) throws -> Void
  ) throws {
    try SeriesFile(path: request.path).forecast(request, with: model, to: write)
  }
}

extension Configuration.Data.MackeyGlass: DataSource {
  func open(_ loader: CorpusLoader) throws -> ExperimentData {
    let split = SequenceData.MackeyGlass(tau: tau).split(
      samples: samples.training, validationSamples: samples.validation ?? 0,
      seed: loader.configuration.seed)
    return ExperimentData(training: split.training, validation: split.validation) {
      $0.normalization = split.training.normalization
    }
  }

  func open(
    _ path: String, like data: DataDescription, _ loader: CorpusLoader
  ) throws -> any Corpus {
    try SeriesFile(path: path).open(like: data, loader)
  }

  func predict(
    _ request: PredictionRequest, with model: TrainedModel, to write: (String) throws -> Void
  ) throws {
    try SeriesFile(path: request.path).forecast(request, with: model, to: write)
  }
}

/// A series that a trained model is to read.
private struct SeriesFile {
  let path: String

  func open(like data: DataDescription, _ loader: CorpusLoader) throws -> SeriesCorpus {
    let prepared = try loader.prepareOnNode {
      try SeriesCorpus.prepare(
        training: path, normalization: data.normalization, columnNames: data.columnNames,
        cache: loader.cache(loader.configuration.data.files))
    }
    return try loader.communicator.agree {
      try loader.requireSameKinds(try prepared.open().training, data)
    }
  }

  /// `horizon` rows after the last one (100 if nil), from the model's own predictions.
  func forecast(
    _ request: PredictionRequest, with model: TrainedModel, to write: (String) throws -> Void
  ) throws {
    try request.refuse(horizon: false, perStep: true, model.configuration.data)
    let series = try open(like: model.data, model.ownLoader)
    try SeriesForecaster(
      description: model.description, data: model.data, weights: model.parameters,
      pool: model.pool
    ).closedLoop(series, horizon: request.horizon ?? 100, to: write)
  }
}
