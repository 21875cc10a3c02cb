import SequenceData
import Settings

/// Samples that are made anew, for which there are no files.
protocol GeneratedSource: DataSource {
  /// How many.
  var samples: Configuration.Data.Samples { get }
  /// Whether the task is to predict the next symbol.
  var isLanguageModel: Bool { get }

  /// One part.
  func corpus(samples: Int, seed: UInt64, purpose: SamplePurpose) -> any Corpus
}

extension GeneratedSource {
  var isLanguageModel: Bool { false }

  func open(_ loader: CorpusLoader) throws -> ExperimentData {
    let seed = loader.configuration.seed
    return ExperimentData(
      training: corpus(samples: samples.training, seed: seed, purpose: .training),
      validation: samples.validation.map { corpus(samples: $0, seed: seed, purpose: .validation) }
    ) { $0.isLanguageModel = isLanguageModel }
  }

  func open(
    _ path: String, like data: DataDescription, _ loader: CorpusLoader
  ) throws -> any Corpus {
    throw TrainingError.unsuitable(
      "\(path): the model was trained on generated data; leave --data out for fresh samples")
  }

  func predict(
    _ request: PredictionRequest, with model: TrainedModel, to write: (String) throws -> Void
  ) throws {
    try model.predictSequences(request, to: write)
  }
}

extension Configuration.Data.Reber: GeneratedSource {
  var isLanguageModel: Bool { true }

  func corpus(samples: Int, seed: UInt64, purpose: SamplePurpose) -> any Corpus {
    ReberCorpus(samples: samples, seed: seed, purpose: purpose)
  }
}

extension Configuration.Data.Adding: GeneratedSource {
  func corpus(samples: Int, seed: UInt64, purpose: SamplePurpose) -> any Corpus {
    AddingCorpus(length: length, samples: samples, seed: seed, purpose: purpose)
  }
}

extension Configuration.Data.Copying: GeneratedSource {
  func corpus(samples: Int, seed: UInt64, purpose: SamplePurpose) -> any Corpus {
    CopyingCorpus(delay: delay, samples: samples, seed: seed, purpose: purpose)
  }
}

extension Configuration.Data.RandomSymbols: GeneratedSource {
  var isLanguageModel: Bool { true }

  func corpus(samples: Int, seed: UInt64, purpose: SamplePurpose) -> any Corpus {
    RandomSymbolsCorpus(
      symbols: symbols, timeSteps: samples, seed: purpose == .training ? seed : seed &+ 1)
  }
}

extension Configuration.Data.RandomValues: GeneratedSource {
  func corpus(samples: Int, seed: UInt64, purpose: SamplePurpose) -> any Corpus {
    RandomValuesCorpus(
      inputs: inputWidth, outputs: outputWidth, timeSteps: samples, seed: seed, purpose: purpose)
  }
}
