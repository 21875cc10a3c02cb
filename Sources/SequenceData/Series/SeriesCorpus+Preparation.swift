import Files

/// A CSV file that was turned into rows of numbers: what one process prepares and every rank opens.
package struct PreparedSeries: Sendable, Equatable, Codable {
  /// The training file, or the only one.
  package let training: PreparedFile
  /// The validation file, if there is one.
  package let validation: PreparedFile?
  /// The share of the training file's rows that is held out when there is no validation file.
  package let validationFraction: Double
  /// The mean and deviation of the training part.
  package let normalization: Normalization
  /// The names of the training part's columns, by which those of other files are found.
  package let columnNames: [String]?

  /// Maps the prepared files; touches no more of them than their headers.
  ///
  /// Without a validation file the last ⌊N · fraction⌋ of the N rows are the validation part.
  ///
  /// - Throws: `damagedCache`, `noTimeSteps`, `otherWidth`, or `badValidationFraction`.
  package func open() throws(SequenceDataError) -> CorpusSplit<SeriesCorpus> {
    let storage = try SeriesStorage(path: training.cache)
    if let validation {
      let held = try SeriesStorage(path: validation.cache)
      return CorpusSplit(
        training: try part(storage, 0..<storage.rows, of: training),
        validation: try part(held, 0..<held.rows, of: validation))
    }
    let heldOut = try heldOutCount(
      of: storage.rows, fraction: validationFraction, smallest: 2, source: training.source)
    let boundary = storage.rows - heldOut
    return CorpusSplit(
      training: try part(storage, 0..<boundary, of: training),
      validation: heldOut == 0 ? nil : try part(storage, boundary..<storage.rows, of: training))
  }

  private func part(
    _ storage: SeriesStorage, _ rows: Range<Int>, of file: PreparedFile
  ) throws(SequenceDataError) -> SeriesCorpus {
    guard rows.count >= 2 else { throw .noTimeSteps(source: file.source) }
    return SeriesCorpus(
      storage: storage, columns: try columns(of: storage, in: file.source), rows: rows,
      normalization: normalization, source: file.source)
  }

  /// Where the model's columns stand in a file: by name, or by position where one of the two has no
  /// names.
  private func columns(
    of storage: SeriesStorage, in path: String
  ) throws(SequenceDataError) -> [Int] {
    guard let columnNames, let names = storage.columnNames else {
      guard normalization.mean.count == storage.width else {
        throw .otherWidth(path: path, expected: normalization.mean.count, got: storage.width)
      }
      return Array(0..<storage.width)
    }
    var columns: [Int] = []
    for name in columnNames {
      guard let column = names.firstIndex(of: name) else {
        throw .missingColumn(path: path, name: name, nearest: names.nearest(to: name))
      }
      columns.append(column)
    }
    return columns
  }
}

extension SeriesCorpus {
  /// Turns a training file, and the validation file if there is one, into rows of numbers, unless the
  /// cache has them.
  ///
  /// - Parameters:
  ///   - normalization: is used instead of the training part's own; that of a trained model, to
  ///     evaluate it on `training`.
  ///   - columnNames: the trained model's, with `normalization`.
  /// - Throws: `SequenceDataError` for files that are missing, empty or unreadable, for rows that
  ///   are ragged or not finite numbers, and if the cache cannot be written.
  package static func prepare(
    training: String, validation: String? = nil, validationFraction: Double = 0,
    normalization: Normalization? = nil, columnNames: [String]? = nil,
    formats: [any RowFormat.Type] = RowFormats.all, cache: CacheFolder = .standard
  ) throws(SequenceDataError) -> PreparedSeries {
    let trainingFile = try prepare(training, formats, cache: cache)
    var validationFile: PreparedFile?
    if let validation { validationFile = try prepare(validation, formats, cache: cache) }
    let storage = try SeriesStorage(path: trainingFile.cache)
    let heldOut =
      validation != nil
      ? 0
      : try heldOutCount(
        of: storage.rows, fraction: validationFraction, smallest: 2, source: training)
    let learned = UnsafeBufferPointer(
      rebasing: storage.values[..<((storage.rows - heldOut) * storage.width)])
    let normalization =
      normalization ?? Normalization(rows: learned, width: storage.width)
    for (column, pair) in zip(normalization.mean, normalization.deviation).enumerated()
    where !pair.0.isFinite || !pair.1.isFinite {
      throw .unboundedColumn(path: training, column: column + 1)
    }
    let prepared = PreparedSeries(
      training: trainingFile, validation: validationFile, validationFraction: validationFraction,
      normalization: normalization, columnNames: columnNames ?? storage.columnNames)
    _ = try prepared.open()
    return prepared
  }

  private static func prepare(
    _ path: String, _ formats: [any RowFormat.Type], cache: CacheFolder
  ) throws(SequenceDataError) -> PreparedFile {
    let digest = try SourceFile.digest(path: path)
    return try cache.obtain(
      source: path, digest: digest, settings: ["series", "2"]
    ) { writer throws(SequenceDataError) in
      let head = try SourceFile.head(path: path, count: RowFormats.headSize)
      guard let format = formats.first(where: { $0.recognises(head) }) else {
        preconditionFailure("no format takes \(path)")
      }
      var parser = try format.init(path: path)
      var row: [Double] = []
      var rows = 0
      while try parser.next(into: &row) {
        try writer.append(row)
        rows += 1
      }
      guard rows > 0 else { throw .emptyFile(path: path) }
      try parser.file.requireDigest(digest)
      return SeriesMetadata(columnNames: parser.columnNames, width: row.count, rows: rows)
    }
  }
}
