import SequenceData

/// The parts of a run's data, open on this rank.
struct ExperimentData {
  let training: any Corpus
  let validation: (any Corpus)?
  let description: DataDescription

  /// Parts that were generated.
  init(
    training: any Corpus, validation: (any Corpus)?,
    describe: (inout DataDescription) -> Void = { _ in }
  ) {
    var description = DataDescription(training)
    describe(&description)
    self.training = training
    self.validation = validation
    self.description = description
  }

  /// Parts that were read from files.
  init<Part: Corpus>(
    _ split: CorpusSplit<Part>, _ training: PreparedFile, _ validation: PreparedFile?,
    describe: (inout DataDescription) -> Void
  ) {
    self.init(training: split.training, validation: split.validation) { description in
      description.content = DataContent(
        training: training.digest, validation: validation?.digest)
      describe(&description)
    }
  }
}
