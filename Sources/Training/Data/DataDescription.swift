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
  /// The columns of a series, and how the model sees them.
  package var columns: SeriesColumns?
  /// What a file of sequences holds.
  package var sequenceKinds: SequenceKinds?
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
      try requireSame(content.training, before.training, files?.train.description)
      try requireSame(
        content.validation, before.validation, files?.validation?.description)
    }
    // An earlier version of Unfold kept no hash; what follows from the content tells most changes.
    guard inputKind == trained.inputKind, targetKind == trained.targetKind,
      vocabulary == trained.vocabulary, columns == trained.columns,
      sequenceKinds == trained.sequenceKinds
    else {
      let data = configuration.data
      throw .unsuitable(
        "\(data.files?.train.description ?? data.kind.rawValue): the data are not those that "
          + "the model was trained on; \(mend)")
    }
  }
}

extension DataDescription {
  /// What every corpus tells of itself.
  init(_ corpus: any Corpus) {
    self.init(
      inputKind: corpus.inputKind, targetKind: corpus.targetKind, vocabulary: nil,
      columns: nil, sequenceKinds: nil, score: corpus.score)
  }
}

// MARK: Checkpoints of earlier versions

extension DataDescription {
  /// What an earlier version kept of a series, whose next row was predicted.
  private struct Earlier: Decodable {
    struct Normalization: Decodable {
      let mean: [Double]
      let deviation: [Double]
    }
    let normalization: Normalization?
    let columnNames: [String]?

    var columns: SeriesColumns? {
      guard let normalization, normalization.mean.count == normalization.deviation.count,
        columnNames.map({ $0.count == normalization.mean.count }) ?? true
      else { return nil }
      let columns = normalization.mean.indices.map { index in
        SeriesColumn(
          name: columnNames?[index] ?? "\(index + 1)", center: normalization.mean[index],
          scale: normalization.deviation[index])
      }
      return SeriesColumns(inputs: columns, targets: columns)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    inputKind = try values.decode(InputKind.self, forKey: .inputKind)
    targetKind = try values.decode(TargetKind.self, forKey: .targetKind)
    vocabulary = try values.decodeIfPresent(Vocabulary.self, forKey: .vocabulary)
    columns =
      try values.decodeIfPresent(SeriesColumns.self, forKey: .columns)
      ?? Earlier(from: decoder).columns
    sequenceKinds = try values.decodeIfPresent(SequenceKinds.self, forKey: .sequenceKinds)
    isLanguageModel = try values.decodeIfPresent(Bool.self, forKey: .isLanguageModel)
    content = try values.decodeIfPresent(DataContent.self, forKey: .content)
    score = try values.decode(Score.self, forKey: .score)
  }
}
