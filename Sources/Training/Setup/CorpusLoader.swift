import Communication
import Configuration
import Files
import Foundation
import SequenceData

/// Opens the corpora that a configuration names, on every rank.
///
/// Files are turned into token ids or numbers by one rank of each node, once, and mapped by all.
struct CorpusLoader {
  let configuration: Configuration
  let communicator: any Communicator

  /// The training and validation parts.
  ///
  /// - Throws: `AgreedFailure` with the error of the lowest failing rank.
  func load() throws -> ExperimentData {
    let data = configuration.data
    switch data.kind {
    case .text: return try loadText()
    case .series: return try loadSeries()
    case .sequences: return try loadSequences()
    case .random:
      return generated { samples, seed, purpose in
        RandomSymbolsCorpus(
          symbols: data.symbols, timeSteps: samples,
          seed: purpose == .training ? seed : seed &+ 1)
      }
    case .reber:
      return generated { samples, seed, purpose in
        ReberCorpus(samples: samples, seed: seed, purpose: purpose)
      }
    case .adding:
      return generated { samples, seed, purpose in
        AddingCorpus(length: data.length, samples: samples, seed: seed, purpose: purpose)
      }
    case .copying:
      return generated { samples, seed, purpose in
        CopyingCorpus(delay: data.length, samples: samples, seed: seed, purpose: purpose)
      }
    case .mackeyGlass:
      let split = MackeyGlass(tau: data.tau).split(
        samples: data.samples ?? 1, validationSamples: data.validationSamples ?? 0,
        seed: configuration.seed)
      return experiment(split) { $0.normalization = split.training.normalization }
    }
  }

  private var cache: CacheFolder {
    configuration.data.cache.map { CacheFolder(path: $0) } ?? .standard
  }

  private func loadText() throws -> ExperimentData {
    let data = configuration.data
    let prepared = try prepareOnNode {
      try TextCorpus.prepare(
        training: data.train ?? "", validation: data.validation,
        validationFraction: data.validationFraction, unit: data.unit.textUnit,
        unknown: data.unknown, cache: cache)
    }
    let split = try communicator.agree { try prepared.open() }
    return experiment(split, prepared.training, prepared.validation) {
      $0.vocabulary = split.training.vocabulary
      $0.isLanguageModel = true
    }
  }

  private func loadSeries() throws -> ExperimentData {
    let data = configuration.data
    let prepared = try prepareOnNode {
      try SeriesCorpus.prepare(
        training: data.train ?? "", validation: data.validation,
        validationFraction: data.validationFraction, cache: cache)
    }
    let split = try communicator.agree { try prepared.open() }
    return experiment(split, prepared.training, prepared.validation) {
      $0.normalization = prepared.normalization
      $0.columnNames = prepared.columnNames
    }
  }

  private func loadSequences() throws -> ExperimentData {
    let data = configuration.data
    let prepared = try prepareOnNode {
      try SequencesCorpus.prepare(
        training: data.train ?? "", validation: data.validation,
        validationFraction: data.validationFraction,
        targets: configuration.loss.targetInterpretation, cache: cache)
    }
    let split = try communicator.agree { try prepared.open() }
    let kinds = split.training.kinds
    return experiment(split, prepared.training, prepared.validation) {
      $0.sequenceKinds = kinds
      if case .symbols = kinds.input { $0.isLanguageModel = kinds.predictsNextInput }
    }
  }

  private func generated(
    _ make: (_ samples: Int, _ seed: UInt64, _ purpose: SamplePurpose) -> any Corpus
  ) -> ExperimentData {
    let data = configuration.data
    let training = make(data.samples ?? 1, configuration.seed, .training)
    var description = DataDescription(training)
    description.isLanguageModel = data.kind == .random || data.kind == .reber
    return ExperimentData(
      training: training,
      validation: data.validationSamples.map { make($0, configuration.seed, .validation) },
      description: description)
  }

  private func experiment<Part: Corpus>(
    _ split: CorpusSplit<Part>, _ training: PreparedFile? = nil, _ validation: PreparedFile? = nil,
    describe: (inout DataDescription) -> Void
  ) -> ExperimentData {
    var description = DataDescription(split.training)
    description.content = training.map {
      DataContent(training: $0.digest, validation: validation?.digest)
    }
    describe(&description)
    return ExperimentData(
      training: split.training, validation: split.validation, description: description)
  }

  // MARK: Data for a trained model

  /// Another file, read as the trained model's data were; fresh samples of a generator if nil.
  ///
  /// - Throws: `AgreedFailure`.
  func load(_ path: String?, like data: DataDescription) throws -> any Corpus {
    guard let path else {
      guard let validation = try load().validation else {
        throw TrainingError.unsuitable(
          "there is no validation part to evaluate; name a file with --data")
      }
      return validation
    }
    switch configuration.data.kind {
    case .text:
      let unit = configuration.data.unit.textUnit
      let prepared = try prepareOnNode {
        try TextCorpus.prepare(
          training: path, unit: unit, vocabulary: data.vocabulary, cache: cache)
      }
      return try communicator.agree { try prepared.open() }.training
    case .series, .mackeyGlass:
      let prepared = try prepareOnNode {
        try SeriesCorpus.prepare(
          training: path, normalization: data.normalization, columnNames: data.columnNames,
          cache: cache)
      }
      return try communicator.agree { try requireSameKinds(try prepared.open().training, data) }
    case .sequences:
      let prepared = try prepareOnNode {
        try SequencesCorpus.prepare(
          training: path, targets: configuration.loss.targetInterpretation,
          kinds: data.sequenceKinds, cache: cache)
      }
      return try communicator.agree { try requireSameKinds(try prepared.open().training, data) }
    case .random, .reber, .adding, .copying:
      throw TrainingError.unsuitable(
        "\(path): the model was trained on generated data; leave --data out for fresh samples")
    }
  }

  private func requireSameKinds<Part: Corpus>(_ corpus: Part, _ data: DataDescription) throws
    -> Part
  {
    guard corpus.inputKind == data.inputKind, corpus.targetKind == data.targetKind else {
      throw TrainingError.unsuitable(
        "\(corpus.source): has inputs of \(corpus.inputKind.words) and targets of "
          + "\(corpus.targetKind.words), the model expects \(data.inputKind.words) and "
          + "\(data.targetKind.words)")
    }
    return corpus
  }

  /// What the node's leader prepared.
  private func prepareOnNode<Prepared: Codable>(_ body: () throws -> Prepared) throws -> Prepared {
    let own = try communicator.agree {
      communicator.node.isLeader ? [UInt8](JSON.line(try body()).utf8) : []
    }
    let leaders = try communicator.gatherOnNode(own)[0]
    guard let prepared = JSON.value(Prepared.self, from: leaders) else {
      preconditionFailure("the node's leader sent no \(Prepared.self)")
    }
    return prepared
  }
}

extension DataDescription {
  init(_ corpus: any Corpus) {
    self.init(
      inputKind: corpus.inputKind, targetKind: corpus.targetKind, vocabulary: nil,
      normalization: nil, sequenceKinds: nil, score: corpus.score)
  }
}

extension Configuration.Data.Unit {
  var textUnit: TextUnit {
    switch self {
    case .byte: .byte
    case .character: .character
    case .word: .word
    }
  }
}

extension Configuration.Loss {
  /// How a file's targets are read.
  var targetInterpretation: TargetInterpretation {
    switch self {
    case .crossEntropy: .classes
    case .meanSquaredError: .values
    case .binaryCrossEntropy: .labels
    }
  }
}
