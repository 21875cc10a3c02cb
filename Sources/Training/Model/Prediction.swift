import Communication
import Files
import Foundation
import Recurrent
import SequenceData

/// What a model says of one time step: one of the three, by its loss.
private struct StepPrediction: Encodable {
  var id: SequenceRecord.Identifier?
  var `class`: Int?
  var symbol: String?
  var probability: Double?
  var labels: [Int]?
  var probabilities: [Double]?
  var values: [Float]?
}

/// What a model says of each time step of a sequence that has a name.
private struct NamedPredictions: Encodable {
  var id: SequenceRecord.Identifier
  var steps: [StepPrediction]
}

extension TrainedModel {
  /// Predictions for a file: JSON Lines for sequences and texts, CSV for series.
  ///
  /// - Sequences: a line for each line of the file, with class and probability (or labels, or values)
  ///   of the last time step; with `perStep`, a list of all time steps. A blank line, and a sequence
  ///   without a time step, give `null`. The `id` of a line is given back.
  /// - Text: the most probable next symbol after the whole text.
  /// - Series: `horizon` rows after the last one (100 if nil), from the model's own predictions.
  ///
  /// - Parameter write: takes the text, piece by piece.
  /// - Throws: `SequenceDataError`, `TrainingError.unsuitable`, and what `write` throws.
  public func predict(
    on path: String, horizon: Int? = nil, perStep: Bool = false,
    to write: (String) throws -> Void
  ) throws {
    let kind = configuration.data.kind
    let isSeries = kind == .series || kind == .mackeyGlass
    if perStep, isSeries || kind == .text {
      throw TrainingError.unsuitable(
        "--per-step is for sequences, the model's data.kind is \(kind.rawValue); leave it out")
    }
    if horizon != nil, !isSeries {
      throw TrainingError.unsuitable(
        "--horizon is for series, the model's data.kind is \(kind.rawValue); leave it out")
    }
    if isSeries {
      try forecast(path, horizon: horizon ?? 100, to: write)
    } else if kind == .text {
      try write(try nextSymbol(path))
    } else {
      try predictSequences(path, perStep: perStep, to: write)
    }
  }

  /// The same as one text.
  public func predict(
    on path: String, horizon: Int? = nil, perStep: Bool = false
  ) throws -> String {
    var text = ""
    try predict(on: path, horizon: horizon, perStep: perStep) { text += $0 }
    return text
  }

  private func forecast(
    _ path: String, horizon: Int, to write: (String) throws -> Void
  ) throws {
    let corpus = try CorpusLoader(
      configuration: configuration, communicator: SoloCommunicator()
    ).load(path, like: data)
    guard let series = corpus as? SeriesCorpus else {
      throw TrainingError.unsuitable("\(path): not a series")
    }
    try SeriesForecaster(
      description: description, data: data, weights: parameters, pool: pool
    ).closedLoop(series, horizon: horizon, to: write)
  }

  private func nextSymbol(_ path: String) throws -> String {
    guard let vocabulary = data.vocabulary else {
      throw TrainingError.unsuitable(
        "\(self.path): the model has no vocabulary to read a text with")
    }
    let stream = try SingleStream(description: description, weights: parameters, pool: pool)
    var last = StepPrediction()
    try vocabulary.encode(file: path) { last = prediction(stream.read(symbol: $0)) }
    last.symbol = last.class.map { vocabulary.decode([Int32($0)]) }
    return JSON.line(last)
  }

  private func predictSequences(
    _ path: String, perStep: Bool, to write: (String) throws -> Void
  ) throws {
    let stream = try SingleStream(description: description, weights: parameters, pool: pool)
    let lines = try SequenceLineReader(
      path: path, toPredict: configuration.loss.targetInterpretation)
    while let line = try lines.nextLine() {
      guard case .sequence(let record) = line else {
        try write(JSON.line(StepPrediction?.none))
        continue
      }
      stream.restart()
      let steps = try read(record, from: lines, stream)
      switch (perStep, record.identifier) {
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
    _ record: SequenceRecord, from lines: SequenceLineReader, _ stream: SingleStream
  ) throws -> [StepPrediction] {
    switch (record.inputs, data.inputKind) {
    case (.symbols(let symbols), .symbols(let count)):
      if let stranger = symbols.first(where: { $0 >= count }) {
        throw lines.failure("symbol \(stranger), but the model reads \(data.inputKind.words)")
      }
      return symbols.map { prediction(stream.read(symbol: $0)) }
    case (.symbols(let symbols), .vectors) where symbols.isEmpty:
      return []
    case (.vectors(let values, let width), .vectors(let expected)) where width == expected:
      return stride(from: 0, to: values.count, by: width).map { start in
        prediction(stream.read(vector: Array(values[start..<start + width])))
      }
    case (.vectors(_, let width), _):
      throw lines.failure("vectors of width \(width), but the model reads \(data.inputKind.words)")
    case (.symbols, _):
      throw lines.failure("symbols, but the model reads \(data.inputKind.words)")
    }
  }

  private func prediction(_ outputs: UnsafeBufferPointer<Float>) -> StepPrediction {
    switch data.targetKind {
    case .classes:
      let probabilities = softmax(outputs)
      let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
      return StepPrediction(class: best, probability: probabilities[best])
    case .labels:
      let probabilities = outputs.map { 1 / (1 + exp(-Double($0))) }
      return StepPrediction(
        labels: probabilities.indices.filter { probabilities[$0] > 0.5 },
        probabilities: probabilities)
    case .values:
      return StepPrediction(values: Array(outputs))
    }
  }
}
