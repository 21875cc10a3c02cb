import SequenceData
import Settings

/// What a trained model must remember of its data: kept in every checkpoint as `data.json`.
package struct DataDescription: Sendable, Equatable, Codable {
  /// What a time step's input is.
  package var inputKind: InputKind
  /// What a time step's target is.
  package var targetKind: TargetKind
  /// The symbols of a text.
  package var vocabulary: Vocabulary?
  /// The training part's mean and deviation of a series.
  package var normalization: Normalization?
  /// What a file of sequences holds.
  package var sequenceKinds: SequenceKinds?
  /// The names of a series' columns, by which those of other files are found.
  package var columnNames: [String]?
  /// Whether the task is to predict the next symbol.
  package var isLanguageModel: Bool?
  /// What the files held that the model learns from.
  package var content: DataContent?
  /// The task's score.
  package var score: Score
}

/// The SHA-256 of each file's content, as hexadecimal digits.
package struct DataContent: Sendable, Equatable, Codable {
  /// Of the training file.
  package var training: String
  /// Of the validation file, if there is one.
  package var validation: String?
}

extension DataDescription {
  /// Whether perplexity and bits say something of the model. A checkpoint of an earlier version leaves
  /// it to be guessed.
  var predictsSymbols: Bool {
    isLanguageModel ?? (vocabulary != nil || sequenceKinds?.predictsNextInput == true)
  }

  /// Checks that the data are those that a model was trained on, wherever the files are now.
  ///
  /// - Throws: `TrainingError.unsuitable` naming the file that has another content, and the `mend`.
  func requireSameContent(
    as trained: DataDescription, _ configuration: Configuration, mend: String
  ) throws(TrainingError) {
    func requireSame(_ now: String?, _ before: String?, _ path: String?) throws(TrainingError) {
      guard now != before, let path else { return }
      throw .unsuitable(
        "\(path): its content is not what the run was begun with (SHA-256 \(before?.prefix(12) ?? "none"), now "
          + "\(now?.prefix(12) ?? "none")); \(mend)")
    }
    if let content, let before = trained.content {
      let files = configuration.data.files
      try requireSame(content.training, before.training, files?.train)
      try requireSame(content.validation, before.validation, files?.validation)
    }
    // An earlier version of Unfold kept no hash; what follows from the content tells most changes.
    guard inputKind == trained.inputKind, targetKind == trained.targetKind,
      vocabulary == trained.vocabulary, normalization == trained.normalization,
      sequenceKinds == trained.sequenceKinds
    else {
      throw .unsuitable(
        "\(configuration.data.files?.train ?? configuration.data.kind.rawValue): the data are not those that "
          + "the model was trained on; \(mend)")
    }
  }
}

extension DataDescription {
  /// What every corpus tells of itself.
  init(_ corpus: any Corpus) {
    self.init(
      inputKind: corpus.inputKind, targetKind: corpus.targetKind, vocabulary: nil,
      normalization: nil, sequenceKinds: nil, score: corpus.score)
  }
}
