import SequenceData
import Settings

extension Configuration.Data.Series: DataSource {
  func open(_ loader: CorpusLoader) throws -> ExperimentData {
    let prepared = try loader.prepareOnNode {
      try SeriesCorpus.prepare(loader.configuration.seriesRequest, cache: loader.cache(files))
    }
    let parts = try loader.communicator.agree { try prepared.open() }
    return ExperimentData(parts, prepared)
  }

  func open(
    _ path: String, like data: DataDescription, _ loader: CorpusLoader
  ) throws -> any Corpus {
    try SeriesFile(path: path).open(like: data, loader, forPrediction: false)
  }

  func predict(
    _ request: PredictionRequest, with model: TrainedModel, to write: (String) throws -> Void
  ) throws {
    try SeriesFile(path: request.path).predict(request, with: model, to: write)
  }
}

extension Configuration.Data.MackeyGlass: DataSource {
  func open(_ loader: CorpusLoader) throws -> ExperimentData {
    let split = SequenceData.MackeyGlass(tau: tau).split(
      samples: samples.training, validationSamples: samples.validation ?? 0,
      seed: loader.configuration.seed)
    return ExperimentData(training: split.training, validation: split.validation) {
      $0.columns = split.training.columns
    }
  }

  func open(
    _ path: String, like data: DataDescription, _ loader: CorpusLoader
  ) throws -> any Corpus {
    try SeriesFile(path: path).open(like: data, loader, forPrediction: false)
  }

  func predict(
    _ request: PredictionRequest, with model: TrainedModel, to write: (String) throws -> Void
  ) throws {
    try SeriesFile(path: request.path).predict(request, with: model, to: write)
  }
}

extension ExperimentData {
  /// Parts of a series.
  fileprivate init(_ parts: SeriesParts, _ prepared: PreparedSeries) {
    self.init(
      training: parts.training, validation: parts.validation, test: parts.test,
      notes: prepared.notes
    ) { description in
      description.columns = prepared.columns
      description.content = DataContent(
        training: prepared.trainingDigest, validation: prepared.validationDigest)
    }
  }
}

extension Configuration {
  /// How a series' rows are read.
  var seriesTask: SeriesTask {
    var task = SeriesTask()
    guard case .series(let series) = data else { return task }
    task.inputs = series.inputs
    task.targets = series.targets
    task.group = series.group
    task.shift = series.shift
    task.missing =
      switch series.missing {
      case .refuse: .refuse
      case .previous: .previous
      case .mean: .mean
      }
    task.countsLastOnly = series.count == .last
    task.cap = series.cap
    task.warmUp = warmUp
    task.piece = series.piece
    task.needsDeviations = loss.kind == .nashSutcliffe
    return task
  }

  /// What of a series' files is wanted.
  var seriesRequest: SeriesRequest {
    guard case .series(let series) = data else {
      preconditionFailure("data.kind \(data.kind.rawValue) is no series")
    }
    var request = SeriesRequest(training: SeriesPaths(series.files.train))
    request.validation = series.files.validation.map { SeriesPaths($0) }
    request.test = series.files.test.map { SeriesPaths($0) }
    request.validationFraction = series.files.validationFraction
    request.holdOut = series.holdOut == .time ? .time : .sequences
    request.validationSequences = series.validationSequences ?? []
    request.attributes = series.statics
    request.normalize =
      switch series.normalize {
      case .standard: .standard
      case .minmax: .minmax
      case .none: .none
      }
    request.aligns = series.align
    request.task = seriesTask
    return request
  }
}

extension SeriesPaths {
  fileprivate init(_ files: Configuration.Data.FileSet) {
    self.init(files.paths, targets: files.targets)
  }
}

/// A series that a trained model is to read: a path, or a list of them, or pairs of them, as in a
/// configuration.
private struct SeriesFile {
  let path: String

  func open(
    like data: DataDescription, _ loader: CorpusLoader, forPrediction: Bool
  ) throws -> SeriesCorpus {
    guard let columns = data.columns else {
      throw TrainingError.unsuitable("\(path): the model is not one of a series")
    }
    let prepared = try loader.prepareOnNode {
      let files = try Configuration.Data.FileSet(argument: path)
      if !forPrediction, !files.isPair, loader.configuration.data.files?.train.isPair == true {
        throw TrainingError.unsuitable(
          "\(path): the model was trained on pairs of files; give {inputs: FILE, targets: FILE}")
      }
      var request = SeriesRequest(training: SeriesPaths(files))
      request.task = loader.configuration.seriesTask
      request.targetsMayBeMissing = forPrediction
      // The names under which the columns were learnt.
      request.task.inputs = columns.inputs.map(\.name)
      request.task.targets = columns.targets.map(\.name)
      if case .series(let series) = loader.configuration.data {
        request.attributes = series.statics
        request.aligns = series.align
      }
      return try SeriesCorpus.prepare(
        request, like: columns, cache: loader.cache(loader.configuration.data.files))
    }
    return try loader.communicator.agree {
      try loader.requireSameKinds(try prepared.open().training, data)
    }
  }

  /// A model that predicts what it reads goes on by itself; any other says what it makes of the inputs.
  func predict(
    _ request: PredictionRequest, with model: TrainedModel, to write: (String) throws -> Void
  ) throws {
    let series = try open(like: model.data, model.ownLoader, forPrediction: true)
    let goesOn = series.columns.isSelfPredicting && series.task.shift == 1
    try request.refuse(horizon: !goesOn, perStep: true, model.configuration.data)
    let prediction =
      try goesOn
      ? SeriesPrediction.forecast(of: series, horizon: request.horizon ?? 100, with: model)
      : SeriesPrediction.simulation(of: series, with: model)
    if let table = request.table {
      try prediction.write(to: table)
    } else {
      try prediction.write(write)
    }
  }
}
