import Files

/// A part of the data, as files of rows with the sequences in them.
struct PreparedPart: Sendable, Equatable, Codable {
  /// What messages call it.
  var source: String
  var files: [PreparedFile] = []
  var sequences: [SeriesSequence] = []
  /// Whether inputs and targets stand in files of their own.
  var isPaired = false

  /// The SHA-256 of all its files' contents.
  var digest: String {
    guard files.count != 1 else { return files[0].digest }
    return SHA256.digest(of: files.map(\.digest).joined(separator: "\n").utf8).hexadecimal
  }
}

/// Files that were turned into rows of numbers: what one process prepares and every rank opens.
package struct PreparedSeries: Sendable, Equatable, Codable {
  var training: PreparedPart
  var validation: PreparedPart?
  var test: PreparedPart?
  /// The model's columns.
  package var columns: SeriesColumns
  /// How rows are read.
  package var task: SeriesTask
  /// What a person should know of them.
  package var notes: [String] = []

  /// The training files.
  package var trainingFiles: [PreparedFile] { training.files }

  /// The content of the training files.
  package var trainingDigest: String { training.digest }
  /// The content of the validation files, where they are files of their own.
  package var validationDigest: String? {
    validation.flatMap { $0.files == training.files ? nil : $0.digest }
  }

  /// Maps the prepared files; touches no more of them than their headers.
  ///
  /// - Throws: `damagedCache`, or `otherWidth`.
  package func open() throws(SequenceDataError) -> SeriesParts {
    var parts = SeriesParts(training: try open(training))
    if let validation { parts.validation = try open(validation) }
    if let test { parts.test = try open(test) }
    return parts
  }

  private func open(_ part: PreparedPart) throws(SequenceDataError) -> SeriesCorpus {
    let inputs = columns.inputs.map(\.name)
    let targets = columns.targets.map(\.name)
    var files: [SeriesCorpus.SeriesFile] = []
    for file in part.files {
      let storage = try SeriesStorage(path: file.cache)
      guard !part.isPaired else {
        files.append(
          SeriesCorpus.SeriesFile(
            storage: storage, inputs: Array(0..<storage.width), targets: Array(0..<storage.width)))
        continue
      }
      // Files of both hold the inputs, then what of the targets is no input.
      let order = SeriesTask.order(inputs: inputs, targets: targets)
      guard storage.width == order.count || storage.width == inputs.count else {
        throw .otherWidth(path: file.source, expected: order.count, got: storage.width)
      }
      files.append(
        SeriesCorpus.SeriesFile(
          storage: storage, inputs: inputs.map { order.firstIndex(of: $0) ?? 0 },
          targets: storage.width == order.count
            ? targets.map { order.firstIndex(of: $0) ?? 0 } : []))
    }
    return SeriesCorpus(
      files: files, sequences: part.sequences, columns: columns, task: task, source: part.source)
  }
}

/// The parts of a series' data.
package struct SeriesParts {
  /// What the model learns from.
  package let training: SeriesCorpus
  /// What it is validated on, if anything.
  package var validation: SeriesCorpus?
  /// What it is measured on at the end, if anything.
  package var test: SeriesCorpus?

  /// A training part alone.
  init(training: SeriesCorpus) { self.training = training }
}
