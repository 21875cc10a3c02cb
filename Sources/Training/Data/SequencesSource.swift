import Files
import SequenceData
import Settings

extension Configuration.Data.Sequences: DataSource {
  func open(_ loader: CorpusLoader) throws -> ExperimentData {
    let prepared = try loader.prepareOnNode {
      try SequencesCorpus.prepare(
        training: files.train.path, validation: files.validation?.path,
        validationFraction: files.validationFraction,
        targets: loader.configuration.loss.targetInterpretation, cache: loader.cache(files))
    }
    let split = try loader.communicator.agree { try prepared.open() }
    let kinds = split.training.kinds
    return ExperimentData(split, prepared.training, prepared.validation) {
      $0.sequenceKinds = kinds
      if case .symbols = kinds.input { $0.isLanguageModel = kinds.predictsNextInput }
    }
  }

  func open(
    _ path: String, like data: DataDescription, _ loader: CorpusLoader
  ) throws -> any Corpus {
    let prepared = try loader.prepareOnNode {
      try SequencesCorpus.prepare(
        training: path, targets: loader.configuration.loss.targetInterpretation,
        kinds: data.sequenceKinds, cache: loader.cache(files))
    }
    return try loader.communicator.agree {
      try loader.requireSameKinds(try prepared.open().training, data)
    }
  }

  func predict(
    _ request: PredictionRequest, with model: TrainedModel, to write: (String) throws -> Void
  ) throws {
    try model.predictSequences(request, to: write)
  }
}

/// What a model says of each time step of a sequence that has a name.
private struct NamedPredictions: Encodable {
  var id: SequenceRecord.Identifier
  var steps: [StepPrediction]
}

extension TrainedModel {
  /// A line for each line of the file, with class and probability (or labels, or values) of the last
  /// time step, or a list of all time steps. A blank line, and a sequence without a time step, give
  /// `null`. The `id` of a line is given back.
  func predictSequences(
    _ request: PredictionRequest, to write: (String) throws -> Void
  ) throws {
    try request.refuse(horizon: true, perStep: false, configuration.data)
    let predictor = try makePredictor()
    let lines = try SequenceLineReader(
      path: request.path, toPredict: configuration.loss.targetInterpretation)
    while let line = try lines.nextLine() {
      guard case .sequence(let record) = line else {
        try write(JSON.line(StepPrediction?.none))
        continue
      }
      predictor.restart()
      let steps = try read(record, from: lines, predictor)
      switch (request.perStep, record.identifier) {
      case (true, let identifier?):
        try write(JSON.line(NamedPredictions(id: identifier, steps: steps)))
      case (true, nil):
        try write(JSON.line(steps))
      case (false, let identifier):
        var last = steps.last
        last?.id = identifier
        try write(JSON.line(last ?? identifier.map { StepPrediction(id: $0) }))
      }
    }
  }

  private func read(
    _ record: SequenceRecord, from lines: SequenceLineReader, _ predictor: StepPredictor
  ) throws -> [StepPrediction] {
    switch (record.inputs, data.inputKind) {
    case (.symbols(let symbols), .symbols(let count)):
      if let stranger = symbols.first(where: { $0 >= count }) {
        throw lines.failure("symbol \(stranger), but the model reads \(data.inputKind.words)")
      }
      return symbols.map { predictor.read(symbol: $0) }
    case (.symbols(let symbols), .vectors) where symbols.isEmpty:
      return []
    case (.vectors(let values, let width), .vectors(let expected)) where width == expected:
      return stride(from: 0, to: values.count, by: width).map { start in
        predictor.read(vector: Array(values[start..<start + width]))
      }
    case (.vectors(_, let width), _):
      throw lines.failure("vectors of width \(width), but the model reads \(data.inputKind.words)")
    case (.symbols, _):
      throw lines.failure("symbols, but the model reads \(data.inputKind.words)")
    }
  }
}

extension Configuration.Loss {
  /// How a file's targets are read.
  var targetInterpretation: TargetInterpretation {
    switch kind.targets {
    case .classes: .classes
    case .values: .values
    case .labels: .labels
    }
  }
}
