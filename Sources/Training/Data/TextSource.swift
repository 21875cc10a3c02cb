import Files
import SequenceData
import Settings

extension Configuration.Data.Text: DataSource {
  func open(_ loader: CorpusLoader) throws -> ExperimentData {
    let prepared = try loader.prepareOnNode {
      try TextCorpus.prepare(
        training: files.train.path, validation: files.validation?.path,
        validationFraction: files.validationFraction, unit: unit.textUnit, unknown: unknown,
        cache: loader.cache(files))
    }
    let split = try loader.communicator.agree { try prepared.open() }
    return ExperimentData(split, prepared.training, prepared.validation) {
      $0.vocabulary = split.training.vocabulary
      $0.isLanguageModel = true
    }
  }

  func open(
    _ path: String, like data: DataDescription, _ loader: CorpusLoader
  ) throws -> any Corpus {
    let prepared = try loader.prepareOnNode {
      try TextCorpus.prepare(
        training: path, unit: unit.textUnit, vocabulary: data.vocabulary,
        cache: loader.cache(files))
    }
    return try loader.communicator.agree { try prepared.open() }.training
  }

  /// The most probable next symbol after the whole text.
  func predict(
    _ request: PredictionRequest, with model: TrainedModel, to write: (String) throws -> Void
  ) throws {
    try request.refuse(horizon: true, perStep: true, model.configuration.data)
    guard let vocabulary = model.data.vocabulary else {
      throw TrainingError.unsuitable(
        "\(model.path): the model has no vocabulary to read a text with")
    }
    let predictor = try model.makePredictor()
    var last = StepPrediction()
    try vocabulary.encode(file: request.path) { last = predictor.read(symbol: $0) }
    last.symbol = last.class.map { vocabulary.decode([Int32($0)]) }
    try write(JSON.line(last))
  }
}

extension Configuration.Data.Text.Unit {
  var textUnit: TextUnit {
    switch self {
    case .byte: .byte
    case .character: .character
    case .word: .word
    }
  }
}
