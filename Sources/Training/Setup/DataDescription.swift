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
  /// The task's score.
  public var score: Score
}

/// The parts of a run's data, open on this rank.
struct ExperimentData {
  let training: any Corpus
  let validation: (any Corpus)?
  let description: DataDescription
}
