import Configuration
import SequenceData

/// What a trained model must remember of its data: kept in every checkpoint as `data.json`.
public struct DataDescription: Sendable, Equatable, Codable {
  /// What a time step's input is.
  public var inputKind: InputKind
  /// What a time step's target is.
  public var targetKind: TargetKind
  /// The symbols of a text.
  public var vocabulary: Vocabulary?
  /// The training part's mean and deviation of a series.
  public var normalization: Normalization?
  /// What a file of sequences holds.
  public var sequenceKinds: SequenceKinds?
  /// The names of a series' columns, by which those of other files are found.
  public var columnNames: [String]?
  /// Whether the task is to predict the next symbol.
  public var isLanguageModel: Bool?
  /// What the files held that the model learns from.
  public var content: DataContent?
  /// The task's score.
  public var score: Score
}

/// The SHA-256 of each file's content, as hexadecimal digits.
public struct DataContent: Sendable, Equatable, Codable {
  /// Of the training file.
  public var training: String
  /// Of the validation file, if there is one.
  public var validation: String?
}

extension DataDescription {
  /// Whether perplexity and bits say something of the model. A checkpoint of an earlier version leaves
  /// it to be guessed.
  var predictsSymbols: Bool {
    isLanguageModel ?? (vocabulary != nil || sequenceKinds?.predictsNextInput == true)
  }

  /// Checks that a resumed run reads what it was begun with, wherever the files are now.
  ///
  /// - Throws: `TrainingError.unsuitable` naming the file that has another content.
  func requireSameContent(
    as trained: DataDescription, configuration: Configuration
  ) throws(TrainingError) {
    func requireSame(_ now: String?, _ before: String?, _ path: String?) throws(TrainingError) {
      guard now != before, let path else { return }
      throw .unsuitable(
        "\(path): its content is not what the run was begun with (SHA-256 \(before?.prefix(12) ?? "none"), now "
          + "\(now?.prefix(12) ?? "none")); restore it, or start a new run with another --output")
    }
    if let content, let before = trained.content {
      try requireSame(content.training, before.training, configuration.data.train)
      try requireSame(content.validation, before.validation, configuration.data.validation)
    }
    // An earlier version of Unfold kept no hash; what follows from the content tells most changes.
    guard inputKind == trained.inputKind, targetKind == trained.targetKind,
      vocabulary == trained.vocabulary, normalization == trained.normalization,
      sequenceKinds == trained.sequenceKinds
    else {
      throw .unsuitable(
        "\(configuration.data.train ?? configuration.data.kind.rawValue): the data are not those that "
          + "the run was begun with; restore them, or start a new run with another --output")
    }
  }
}

/// The parts of a run's data, open on this rank.
struct ExperimentData {
  let training: any Corpus
  let validation: (any Corpus)?
  let description: DataDescription
}
