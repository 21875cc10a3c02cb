import Communication
import Files
import SequenceData
import Settings

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
    let data = try configuration.data.source.open(self)
    guard data.test == nil, let test = configuration.data.files?.test else { return data }
    return data.with(
      test: try configuration.data.source.open(test.path, like: data.description, self))
  }

  /// Another file, read as the trained model's data were; the validation part, or fresh samples of a
  /// generator, if nil.
  ///
  /// - Throws: `AgreedFailure`, also where the model's own files have another content by now.
  func load(_ path: String?, like data: DataDescription) throws -> any Corpus {
    if let path { return try configuration.data.source.open(path, like: data, self) }
    let own = try load()
    return try communicator.agree {
      try own.description.requireSameContent(
        as: data, configuration, mend: "restore it, or name a file with --data")
      guard let validation = own.validation else {
        throw TrainingError.unsuitable(
          "there is no validation part to evaluate; name a file with --data")
      }
      return validation
    }
  }

  /// Where turned files are kept.
  func cache(_ files: Configuration.Data.Files?) -> CacheFolder {
    files?.cache.map { CacheFolder(path: $0) } ?? .standard
  }

  /// What the node's leader prepared.
  func prepareOnNode<Prepared: Codable>(_ body: () throws -> Prepared) throws -> Prepared {
    let own = try communicator.agree {
      communicator.node.isLeader ? [UInt8](JSON.line(try body()).utf8) : []
    }
    let leaders = try communicator.gatherOnNode(own)[0]
    guard let prepared = JSON.value(Prepared.self, from: leaders) else {
      preconditionFailure("the node's leader sent no \(Prepared.self)")
    }
    return prepared
  }

  /// The corpus, if it is of the kinds that a model was trained on.
  ///
  /// - Throws: `TrainingError.unsuitable`.
  func requireSameKinds<Part: Corpus>(_ corpus: Part, _ data: DataDescription) throws
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
}
