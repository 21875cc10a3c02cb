import SequenceData

/// The parts of a run's data, open on this rank.
struct ExperimentData {
  let training: any Corpus
  let validation: (any Corpus)?
  /// What is measured once at the end, if anything.
  let test: (any Corpus)?
  let description: DataDescription
  /// What a person should know of the data.
  let notes: [String]

  /// Parts, and what else is to be remembered of them.
  init(
    training: any Corpus, validation: (any Corpus)?, test: (any Corpus)? = nil,
    notes: [String] = [], describe: (inout DataDescription) -> Void = { _ in }
  ) {
    var description = DataDescription(training)
    describe(&description)
    self.training = training
    self.validation = validation
    self.test = test
    self.notes = notes
    self.description = description
  }

  /// The same with the training part cut for so many streams.
  func cut(streams: Int) -> ExperimentData {
    ExperimentData(
      training: training.cut(streams: streams), validation: validation, test: test, notes: notes
    ) { $0 = description }
  }

  /// The same with a part that is measured at the end.
  func with(test: any Corpus) -> ExperimentData {
    ExperimentData(training: training, validation: validation, test: test, notes: notes) {
      $0 = description
    }
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
