import Checkpoints
import Communication
import Files
import Foundation
import Logging
import Recurrent
import SequenceData
import Settings
import Storage
import Workers

/// A checkpoint opened for use: to evaluate, predict, generate or look at.
public final class TrainedModel {
  /// The checkpoint's folder.
  public let path: String
  /// The configuration it was trained with.
  public let configuration: Configuration
  /// What it remembers of its data.
  package let data: DataDescription
  /// Its network.
  package let description: NetworkDescription
  /// Where its parameters lie.
  public let layout: ParameterLayout
  /// One line for each newer checkpoint that was passed over.
  public let warnings: [String]
  /// Models whose outputs are averaged with this one's.
  package private(set) var companions: [TrainedModel] = []
  let progress: TrainingProgress
  let pool: WorkerPool
  private let arena: Arena<Float>  // [layout.count]

  /// Opens a checkpoint, a run's folder (its newest complete checkpoint) or its `checkpoints`.
  /// A folder without a manifest, whose weights may have been written by PyTorch, is taken as it is.
  ///
  /// - Throws: `CheckpointError`, `ConfigurationError`, `TrainingError.otherArchitecture`.
  public init(path: String, resources: RankResources) throws {
    let pool = resources.pool
    let files = try CheckpointFiles(path: path)
    warnings = files.warnings
    self.path = files.folder
    self.pool = pool
    configuration = try Configuration(saved: files.configuration, path: files.folder)
    data = files.data
    progress = files.progress
    try data.requireSound(for: configuration, in: files.folder)
    description = try configuration.checkedNetworkDescription(data)
    let smallest = WindowDimensions(timeSteps: 1, streams: 1)
    let demand = MemoryDemand(
      description, timeSteps: 1, streams: 1, workers: pool.workers, trains: false)
    try files.requireNumbers(demand)
    try MemoryCheck(communicator: SoloCommunicator()).require(
      demand, hint: "use a machine with more")
    layout = try Network(description, capacity: smallest, pool: pool).layout
    arena = Arena<Float>(count: layout.count)
    try TrainingCheckpoint.readParameters(
      from: files.weights, layout: layout, into: arena.base)
  }

  /// The weights, in the order of `layout`.
  public var parameters: UnsafePointer<Float> { UnsafePointer(arena.base) }

  /// Updates that the weights have seen.
  public var step: Int { progress.step }

  /// SHA-256 over all parameters' numbers in the layout's order, without the gaps between them.
  public var parameterHash: String {
    ParameterHash.hexadecimal(of: parameters, layout: layout)
  }

  /// Averages other models' outputs with this one's from now on, wherever it is measured or predicts:
  /// probabilities of classes and labels, and values. Other sizes, cells and seeds are allowed.
  ///
  /// - Parameter others: models of the same data with the same loss.
  /// - Throws: `TrainingError.unsuitable` naming the model that cannot be averaged with this one.
  package func average(with others: [TrainedModel]) throws(TrainingError) {
    for other in others {
      let problem: String? =
        if other.data != data || other.configuration.data != configuration.data
          || other.configuration.warmUp != configuration.warmUp
        {
          "its data are not those of \(path)"
        } else if other.configuration.loss != configuration.loss {
          "its loss is not that of \(path)"
        } else { nil }
      if let problem {
        throw .unsuitable(
          "\(other.path): cannot be averaged with others: \(problem); ask for fewer models, or sweep "
            + "what leaves data and loss alone")
      }
    }
    companions = others
  }

  /// The checkpoint's folder, and those of the models that are averaged with this one.
  package var names: String { members.map(\.path).joined(separator: ", ") }

  /// The models whose outputs are averaged: this one first.
  var members: [TrainedModel] { [self] + companions }

  /// Measures the model on a file, or on the validation part of its own data if nil, in `streams`
  /// streams from the zero state.
  ///
  /// - Throws: `AgreedFailure`, `CommunicationError`.
  public func evaluate(
    on path: String?, streams: Int = 1, communicator: any Communicator
  ) throws -> EvaluationResult {
    try measure(on: path, streams: streams, communicator: communicator).result
  }

  /// Refuses a model of classes or labels, which has no measures.
  ///
  /// - Parameter option: what asks for them, for the message.
  /// - Throws: `TrainingError.unsuitable`.
  public func requireMeasures(for option: String) throws(TrainingError) {
    if case .values = data.targetKind { return }
    throw .unsuitable(
      "\(option): is for models that predict values, \(self.path) predicts \(data.targetKind.words); "
        + "leave it out")
  }

  /// The same as `evaluate`, and the measures of each sequence.
  ///
  /// - Parameters:
  ///   - path: a file like the training data; the validation part if nil.
  ///   - streams: how many streams the data are read in.
  ///   - communicator: the ranks that share them.
  /// - Returns: the same on every rank; no report where classes or labels are predicted.
  /// - Throws: `AgreedFailure`, `CommunicationError`.
  public func measure(
    on path: String?, streams: Int = 1, communicator: any Communicator
  ) throws -> (result: EvaluationResult, report: MeasureReport?) {
    let corpus = try CorpusLoader(configuration: configuration, communicator: communicator)
      .load(path, like: data)
    return try measure(
      corpus.cut(streams: streams), streams: streams, communicator: communicator)
  }

  /// Measures the model on sequences as a corpus has them, each from the zero state.
  func measure(
    _ corpus: any Corpus, streams: Int, communicator: any Communicator
  ) throws -> (result: EvaluationResult, report: MeasureReport?) {
    // As many leaves as in training, so that the same streams give the bits of the validation.
    let tree = LeafTree(
      streams: streams,
      leaves: streams == configuration.batch.streams
        ? configuration.batch.leaves : Configuration.Batch.usualLeaves(streams: streams))
    let shard = RankShard(tree, communicator).streams
    let windowLength = Evaluation.windowLength(configuration)
    let networks = try communicator.agree {
      guard companions.isEmpty || description.loss.kind != .errorToSignal else {
        throw TrainingError.unsuitable(
          "\(path): \(configuration.loss.kind.rawValue) cannot be measured of an average of models; "
            + "measure them one by one, or predict with --ensemble")
      }
      try MemoryCheck(communicator: communicator).require(
        MemoryDemand(
          description, timeSteps: windowLength, streams: shard.count, workers: pool.workers,
          trains: false),
        hint: "measure in fewer streams (--streams)")
      return try members.map { member in
        try Network(
          member.description,
          capacity: WindowDimensions(timeSteps: windowLength, streams: shard.count), pool: pool)
      }
    }
    for (network, member) in zip(networks, members) { network.pack(member.parameters) }
    let evaluation = Evaluation(
      networks: networks, corpus: corpus, tree: tree, data: data, configuration: configuration,
      communicator: communicator, control: RunControl(communicator: communicator))
    var measured = try evaluation.run(weights: members.map(\.parameters))
    measured.result.checkpoint = self.path
    return measured
  }
}

/// The parts of a checkpoint that make a model.
private struct CheckpointFiles {
  let folder: String
  let warnings: [String]
  let configuration: String
  package let data: DataDescription
  let progress: TrainingProgress
  let weights: SafetensorsFile

  init(path: String) throws {
    if let bare = WeightsSource.bareFolder(path) {
      folder = bare
      warnings = []
      configuration = try Self.text(bare, CheckpointFile.configuration)
      guard
        let data = JSON.value(
          DataDescription.self, from: try Self.text(bare, CheckpointFile.data).utf8)
      else {
        throw TrainingError.otherArchitecture(
          path: "\(bare)/\(CheckpointFile.data)",
          problem: "it does not hold a model's data; copy it from the model's checkpoint")
      }
      self.data = data
      progress = TrainingProgress()
      weights = try SafetensorsFile(path: "\(bare)/\(CheckpointFile.model)")
    } else {
      let (checkpoint, warnings) = try Checkpoint.open(path)
      folder = checkpoint.folder
      self.warnings = warnings
      configuration = try checkpoint.text(CheckpointFile.configuration)
      data = try checkpoint.json(CheckpointFile.data)
      // Weights that PyTorch made have no history.
      progress =
        checkpoint.contains(CheckpointFile.progress)
        ? try checkpoint.json(CheckpointFile.progress) : TrainingProgress()
      weights = try checkpoint.tensors(CheckpointFile.model)
    }
  }

  /// Refuses weights that are far too few for the model, before memory is taken for all of them. Of a
  /// smaller difference the tensors' names and shapes tell more.
  ///
  /// - Throws: `TrainingError.otherArchitecture`.
  func requireNumbers(_ demand: MemoryDemand?) throws(TrainingError) {
    let numbers = weights.tensors.reduce(0) { $0 + $1.count }
    guard let needed = demand?.parameterCount, needed > Double(numbers) + 0x1p20 else { return }
    throw .otherArchitecture(
      path: weights.path,
      problem: "it has \(Formatting.grouped(Double(numbers))) numbers, "
        + "\(CheckpointFile.configuration) and \(CheckpointFile.data) ask for "
        + "\(Formatting.grouped(needed))")
  }

  private static func text(_ folder: String, _ name: String) throws -> String {
    let path = "\(folder)/\(name)"
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try TextFile.bytes(of: path)
    } catch {
      guard error.code == ENOENT else { throw error }
      throw CheckpointError(
        path: path, problem: "is missing; copy it from the model's checkpoint")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CheckpointError(path: path, problem: "is not valid UTF-8 text")
    }
    return text
  }
}
