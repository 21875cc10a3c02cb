import Files

extension SeriesStorage {
  /// Turns columns of a file into rows of numbers, unless the cache has them.
  ///
  /// - Parameters:
  ///   - path: the file, of any format of `formats`.
  ///   - columns: the columns by name or by number from 1; all but the label's if nil.
  ///   - label: the column by whose changes rows are cut into runs; any text.
  ///   - formats: the formats that are tried.
  ///   - cache: where the rows are kept.
  /// - Throws: `SequenceDataError` for a file that is missing, empty or unreadable, for columns that
  ///   it lacks, for fields of these that are no number, and if the cache cannot be written.
  package static func prepare(
    _ path: String, columns: [String]? = nil, label: String? = nil,
    formats: [any RowFormat.Type] = RowFormats.all, cache: CacheFolder = .standard
  ) throws(SequenceDataError) -> PreparedFile {
    let digest = try SourceFile.digest(path: path)
    let settings =
      ["series", "3", label.map { "by \($0)" } ?? "whole", columns == nil ? "all" : "some"]
      + (columns ?? [])
    return try cache.obtain(
      source: path, digest: digest, settings: settings
    ) { writer throws(SequenceDataError) in
      var format = try RowFormats.open(path, formats: formats)
      let choice = try ColumnChoice(columns, label: label, of: format)
      format.select(numbers: choice.numbers, label: choice.label)
      let runs = try copy(&format, to: writer, label: label)
      try format.file.requireDigest(digest)
      return SeriesMetadata(
        columnNames: choice.numbers.map { format.columnNames?[$0] ?? "\($0 + 1)" },
        width: choice.numbers.count, rows: runs.rowCount,
        runs: runs.runs, sampleRate: format.sampleRate)
    }
  }

  /// Writes all rows.
  private static func copy(
    _ format: inout any RowFormat, to writer: CacheWriter, label: String?
  ) throws(SequenceDataError) -> SeriesRuns {
    let path = format.file.path
    var runs = SeriesRuns()
    var row: [Double] = []
    var current = ""
    while try format.next(into: &row, label: &current) {
      try writer.append(row)
      guard runs.append(current) else {
        throw .badTable(
          path: path,
          reason: "column \(SequenceDataError.excerpt(label ?? "")) changes more than "
            + "\(SeriesRuns.most) times; choose one that names whole sequences")
      }
    }
    guard runs.rowCount > 0 else { throw .emptyFile(path: path) }
    return runs
  }
}

/// Where the columns that are asked for stand in a file.
private struct ColumnChoice {
  let numbers: [Int]
  let label: Int?

  init(
    _ columns: [String]?, label: String?, of format: any RowFormat
  ) throws(SequenceDataError) {
    func position(_ text: String) throws(SequenceDataError) -> Int {
      try ColumnReference(text).position(
        among: format.columnNames, count: format.columnCount, of: format.file.path)
    }
    var labelPosition: Int?
    if let label { labelPosition = try position(label) }
    self.label = labelPosition
    guard let columns else {
      numbers = (0..<format.columnCount).filter { $0 != labelPosition }
      guard !numbers.isEmpty else {
        throw .badTable(
          path: format.file.path, reason: "has no column beside the one that names sequences")
      }
      return
    }
    var chosen: [Int] = []
    for column in columns { chosen.append(try position(column)) }
    numbers = chosen
  }
}
