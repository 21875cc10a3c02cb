import Storage

/// What a file of rows says about itself.
struct SeriesMetadata: Codable, Sendable {
  var kind = "series"
  let columnNames: [String]?
  let width: Int
  let rows: Int
}

/// The rows of a series as they came, in the data's units: mapped from a cache file, or in memory.
///
/// Sendable by this invariant: the memory is written before `init` returns and never again.
final class SeriesStorage: @unchecked Sendable {
  let columnNames: [String]?
  let width: Int
  let values: UnsafeBufferPointer<Double>  // [rows, width]
  private let file: CacheFile<SeriesMetadata>?
  private let arena: Arena<Double>?

  var rows: Int { values.count / width }

  /// Maps a file of rows.
  ///
  /// - Throws: `damagedCache`.
  init(path: String) throws(SequenceDataError) {
    let file = try CacheFile<SeriesMetadata>(path: path)
    let metadata = file.metadata
    let (count, overflow) = metadata.rows.multipliedReportingOverflow(by: metadata.width)
    values = file.payload.assumingMemoryBound(to: Double.self)
    guard metadata.kind == "series", metadata.width > 0, metadata.rows > 0, !overflow,
      count == values.count, file.payload.count % MemoryLayout<Double>.stride == 0,
      metadata.columnNames == nil || metadata.columnNames?.count == metadata.width
    else {
      throw .damagedCache(path: path, reason: "its rows are not as many as its header says")
    }
    self.file = file
    arena = nil
    columnNames = metadata.columnNames
    width = metadata.width
  }

  /// Copies rows of `width` values.
  init(values: [Double], width: Int) {
    precondition(
      width > 0 && values.count % width == 0, "\(values.count) values in rows of \(width)")
    let arena = Arena(values)
    self.values = UnsafeBufferPointer(arena.buffer)
    self.arena = consume arena
    self.width = width
    columnNames = nil
    file = nil
  }
}
