import Communication
import Files

extension TrainedModel {
  /// Predictions for a file: JSON Lines for sequences and texts, CSV for series.
  ///
  /// - Sequences: a line for each line of the file, with class and probability (or labels, or values)
  ///   of the last time step; with `perStep`, a list of all time steps. A blank line, and a sequence
  ///   without a time step, give `null`. The `id` of a line is given back.
  /// - Text: the most probable next symbol after the whole text.
  /// - Series: what the model makes of the inputs of every time step; of a model that predicts the next
  ///   row of what it reads, `horizon` rows after the last one (100 if nil), from its own predictions.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - horizon: the rows to forecast; for series only.
  ///   - perStep: whether to say something of every time step; for sequences only.
  ///   - write: takes the text, piece by piece.
  /// - Throws: errors of the file or the model in one line each, and what `write` throws.
  public func predict(
    on path: String, horizon: Int? = nil, perStep: Bool = false,
    to write: (String) throws -> Void
  ) throws {
    try configuration.data.source.predict(
      PredictionRequest(path: path, horizon: horizon, perStep: perStep), with: self, to: write)
  }

  /// The same as a file, which takes its name when it is whole: text, or a table of numbers for a series
  /// where the name ends in `.npy` or `.wav`.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - horizon: the rows to forecast; for series only.
  ///   - perStep: whether to say something of every time step; for sequences only.
  ///   - output: the file that is written, in the place of an earlier one.
  /// - Throws: errors of the files or the model in one line each.
  public func predict(
    on path: String, horizon: Int? = nil, perStep: Bool = false, output: String
  ) throws {
    var request = PredictionRequest(path: path, horizon: horizon, perStep: perStep)
    if [".npy", ".wav"].contains(where: output.lowercased().hasSuffix) {
      request.table = output
      return try configuration.data.source.predict(request, with: self) { _ in }
    }
    try TextFile.write(to: output) { write in
      try configuration.data.source.predict(request, with: self, to: write)
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

  /// What opens files for this process alone.
  var ownLoader: CorpusLoader {
    CorpusLoader(configuration: configuration, communicator: SoloCommunicator())
  }

  /// The network, to read one stream with.
  package func makeStream() throws -> SingleStream {
    try SingleStream(description: description, weights: parameters, pool: pool)
  }
  /// What reads one stream, and says something of each time step.
  func makePredictor() throws -> StepPredictor { try StepPredictor(self) }
}
