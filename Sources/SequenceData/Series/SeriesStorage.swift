import Storage

/// What a file of rows says about itself.
struct SeriesMetadata: Codable, Sendable {
  var kind = "series"
  let columnNames: [String]
  let width: Int
  let rows: Int
  let runs: [SeriesRun]
  let sampleRate: Double?

  /// Whether its parts agree with one another, and with so many values.
  func describes(values: Int) -> Bool {
    let (count, isTooLarge) = rows.multipliedReportingOverflow(by: width)
    guard kind == "series", width > 0, rows > 0, !isTooLarge, count == values,
      columnNames.count == width,
      sampleRate.map({ $0 > 0 && $0.isFinite }) ?? true
    else { return false }
    var next = 0
    for run in runs {
      guard run.rows.lowerBound == next, !run.rows.isEmpty else { return false }
      next = run.rows.upperBound
    }
    return next == rows
  }
}

/// The rows of a series as they came, in the data's units: mapped from a cache file, or in memory. A
/// number that is missing is NaN.
///
/// Sendable by this invariant: the memory is written before `init` returns and never again.
package final class SeriesStorage: @unchecked Sendable {
  /// The names of the columns that were chosen; their numbers from 1 where the file has no names.
  package let columnNames: [String]
  /// The columns that were chosen.
  package let width: Int
  /// The numbers, valid as long as this object.
  package let values: UnsafeBufferPointer<Double>  // [rows, width]
  /// A run of rows for each stretch of one label; one run without labels.
  package let runs: [SeriesRun]
  /// The rows in a second, if the file tells, in hertz.
  package let sampleRate: Double?

  private let file: CacheFile<SeriesMetadata>?
  private let arena: Arena<Double>?

  /// The number of rows.
  package var rows: Int { values.count / width }

  /// Maps a file of rows.
  ///
  /// - Throws: `damagedCache`.
  package init(path: String) throws(SequenceDataError) {
    let file = try CacheFile<SeriesMetadata>(path: path)
    let metadata = file.metadata
    values = file.payload.assumingMemoryBound(to: Double.self)
    guard file.payload.count % MemoryLayout<Double>.stride == 0,
      metadata.describes(values: values.count)
    else {
      throw .damagedCache(path: path, reason: "its rows are not as many as its header says")
    }
    self.file = file
    arena = nil
    columnNames = metadata.columnNames
    width = metadata.width
    runs = metadata.runs
    sampleRate = metadata.sampleRate
  }

  /// Copies rows of `width` values.
  package init(values: [Double], width: Int) {
    precondition(
      width > 0 && values.count % width == 0, "\(values.count) values in rows of \(width)")
    let arena = Arena(values)
    self.values = UnsafeBufferPointer(arena.buffer)
    self.arena = consume arena
    self.width = width
    columnNames = (1...width).map { "\($0)" }
    runs = values.isEmpty ? [] : [SeriesRun(label: "", rows: 0..<values.count / width)]
    sampleRate = nil
    file = nil
  }
}
