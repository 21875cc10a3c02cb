/// A multivariate series, or a part of one, as one continuous sequence: at each time step the input
/// is a row and the target the next row, both normalised. N rows are N − 1 time steps.
package final class SeriesCorpus: Corpus {
  package let source: String
  package let score: Score
  /// The names of the columns, if the file has a header.
  package var columnNames: [String]? {
    storage.columnNames.map { names in columns.map { names[$0] } }
  }
  /// The columns of a row, I.
  package var width: Int { columns.count }
  /// The number of rows, N.
  package let rowCount: Int
  /// How values become what the model sees.
  package let normalization: Normalization

  private let storage: SeriesStorage
  /// Where the columns stand in the file.
  private let columns: [Int]  // [I]
  private let first: Int

  /// A part of some rows, at least two of them.
  ///
  /// - Parameter columns: the columns of the file, in the order of the model; all of them if nil.
  init(
    storage: SeriesStorage, columns: [Int]? = nil, rows: Range<Int>, normalization: Normalization,
    source: String, score: Score? = nil
  ) {
    let columns = columns ?? Array(0..<storage.width)
    precondition(rows.count >= 2, "\(rows.count) rows, expected 2 or more")
    precondition(
      normalization.mean.count == columns.count,
      "a normalisation of \(normalization.mean.count) columns, rows of \(columns.count)")
    self.storage = storage
    self.columns = columns
    self.normalization = normalization
    self.source = source
    self.score =
      score
      ?? Score(
        name: "normalized root mean square error", measure: .normalizedRootMeanSquareError)
    first = rows.lowerBound
    rowCount = rows.count
  }

  /// A series from memory: rows of `width` values in the data's units.
  ///
  /// - Parameter normalization: that of these rows themselves if nil.
  /// - Throws: `noTimeSteps` for fewer than two rows.
  package convenience init(
    values: [Double], width: Int, source: String, normalization: Normalization? = nil,
    score: Score? = nil
  ) throws(SequenceDataError) {
    let storage = SeriesStorage(values: values, width: width)
    guard storage.rows >= 2 else { throw .noTimeSteps(source: source) }
    self.init(
      storage: storage, rows: 0..<storage.rows,
      normalization: normalization ?? Normalization(rows: storage.values, width: width),
      source: source, score: score)
  }

  package var inputKind: InputKind { .vectors(width: width) }
  package var targetKind: TargetKind { .values(width: width) }
  package var isContinuous: Bool { true }
  package var sequenceCount: Int { 1 }

  package func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int { rowCount - 1 }

  /// A value in the data's units; row `t` is the input of time step `t`.
  package func value(row: Int, column: Int) -> Double {
    precondition(row >= 0 && row < rowCount, "row \(row) of \(rowCount)")
    precondition(column >= 0 && column < width, "column \(column) of \(width)")
    return storage.values[(first + row) * storage.width + columns[column]]
  }

  package func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int
  ) {
    precondition(timeSteps.upperBound < rowCount, "time steps \(timeSteps) of \(rowCount - 1)")
    for (offset, timeStep) in timeSteps.enumerated() {
      let element = ((row + offset) * window.streams + stream) * width
      copy(row: timeStep, to: window.inputVectors + element)
      copy(row: timeStep + 1, to: window.targetValues + element)
    }
    window.count(every: timeSteps.count, stream: stream, row: row)
  }

  private func copy(row: Int, to target: UnsafeMutablePointer<Float>) {
    let start = (first + row) * storage.width
    for column in 0..<width {
      target[column] = normalization.normalize(
        storage.values[start + columns[column]], column: column)
    }
  }
}
