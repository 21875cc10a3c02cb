import Communication
import Files
import Foundation
import Recurrent
import SequenceData

/// One line of a file of sequences, read for its inputs only.
private struct PredictionInput: Decodable {
  enum Inputs {
    case symbols([Int])
    case vectors([[Float]])
  }

  let inputs: Inputs

  enum CodingKeys: String, CodingKey { case inputs }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let symbols = try? container.decode([Int].self, forKey: .inputs) {
      inputs = .symbols(symbols)
    } else {
      inputs = .vectors(try container.decode([[Float]].self, forKey: .inputs))
    }
  }
}

/// What a model says of one time step: one of the three, by its loss.
private struct StepPrediction: Encodable {
  var `class`: Int?
  var symbol: String?
  var probability: Double?
  var labels: [Int]?
  var probabilities: [Double]?
  var values: [Float]?
}

extension TrainedModel {
  /// Predictions for a file: JSON Lines for sequences and texts, CSV for series.
  ///
  /// - Sequences: a line for each, with class and probability (or labels, or values) of the last
  ///   time step; with `perStep`, a list of all time steps.
  /// - Text: the most probable next symbol after the whole text.
  /// - Series: `horizon` rows after the last one, from the model's own predictions.
  ///
  /// - Throws: `SequenceDataError`, `TrainingError.unsuitable`.
  public func predict(on path: String, horizon: Int = 100, perStep: Bool = false) throws -> String {
    switch configuration.data.kind {
    case .series, .mackeyGlass:
      let solo = SoloCommunicator()
      let corpus = try CorpusLoader(configuration: configuration, communicator: solo)
        .load(path, like: data)
      guard let series = corpus as? SeriesCorpus else {
        throw TrainingError.unsuitable("\(path): not a series")
      }
      return try SeriesForecaster(
        description: description, data: data, weights: parameters, pool: pool
      ).closedLoop(series, horizon: horizon)
    case .text: return try predictNextSymbol(path)
    default: return try predictSequences(path, perStep: perStep)
    }
  }

  private func predictNextSymbol(_ path: String) throws -> String {
    guard let vocabulary = data.vocabulary,
      let text = try? String(contentsOfFile: path, encoding: .utf8)
    else { throw SequenceDataError.missingFile(path: path) }
    guard !text.isEmpty else { throw SequenceDataError.emptyFile(path: path) }
    let stream = try SingleStream(description: description, weights: parameters, pool: pool)
    var last = StepPrediction()
    for symbol in try vocabulary.encode(text) { last = prediction(stream.read(symbol: symbol)) }
    last.symbol = last.class.map { vocabulary.decode([Int32($0)]) }
    return JSON.line(last)
  }

  private func predictSequences(_ path: String, perStep: Bool) throws -> String {
    guard FileManager.default.fileExists(atPath: path) else {
      throw SequenceDataError.missingFile(path: path)
    }
    let stream = try SingleStream(description: description, weights: parameters, pool: pool)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var result = ""
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.allSatisfy(\.isWhitespace) {
      stream.restart()
      let steps = try read(line, path: path, line: index + 1, stream)
      if perStep {
        result += JSON.line(steps)
      } else if let last = steps.last {
        result += JSON.line(last)
      }
    }
    return result
  }

  private func read(
    _ line: Substring, path: String, line number: Int, _ stream: SingleStream
  ) throws -> [StepPrediction] {
    guard let input = try? JSONDecoder().decode(PredictionInput.self, from: Data(line.utf8)) else {
      throw SequenceDataError.badSequence(
        path: path, line: number,
        reason: "expected {\"inputs\": […]} with whole numbers or vectors")
    }
    switch (input.inputs, data.inputKind) {
    case (.symbols(let symbols), .symbols(let count)):
      guard symbols.allSatisfy({ 0..<count ~= $0 }) else {
        throw SequenceDataError.badSequence(
          path: path, line: number, reason: "the model knows the symbols 0 to \(count - 1)")
      }
      return symbols.map { prediction(stream.read(symbol: Int32($0))) }
    case (.vectors(let vectors), .vectors(let width)):
      guard vectors.allSatisfy({ $0.count == width }) else {
        throw SequenceDataError.badSequence(
          path: path, line: number, reason: "the model reads vectors of width \(width)")
      }
      return vectors.map { prediction(stream.read(vector: $0)) }
    default:
      throw SequenceDataError.badSequence(
        path: path, line: number, reason: "the model reads \(data.inputKind)")
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
