import Communication

extension TrainedModel {
  /// Predictions for a file: JSON Lines for sequences and texts, CSV for series.
  ///
  /// - Sequences: a line for each line of the file, with class and probability (or labels, or values)
  ///   of the last time step; with `perStep`, a list of all time steps. A blank line, and a sequence
  ///   without a time step, give `null`. The `id` of a line is given back.
  /// - Text: the most probable next symbol after the whole text.
  /// - Series: `horizon` rows after the last one (100 if nil), from the model's own predictions.
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
  func makeStream() throws -> SingleStream {
    try SingleStream(description: description, weights: parameters, pool: pool)
  }
}
