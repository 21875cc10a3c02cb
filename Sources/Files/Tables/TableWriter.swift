import Foundation

/// Writes a table row by row, in bounded memory. A file takes its name only when it is whole, and an
/// earlier file's place; a writer that goes away before `finish` leaves nothing behind.
package final class TableWriter {
  private let layout: TableLayout
  private let destination: any TableDestination
  private var buffer: [UInt8] = []
  private var rows = 0
  /// How many values lie beyond ±1, so that players of sound clip them; 0 for other formats.
  package private(set) var clippedValues = 0

  /// The bytes that are written at once.
  private static let blockSize = 1 << 16

  /// Begins a table.
  ///
  /// - Parameters:
  ///   - format: how it is written.
  ///   - path: the file, or nil for standard output, which takes text alone.
  ///   - columns: the names of the columns.
  ///   - places: how many columns, from the first, say where a row is (such as `time_step`) and hold
  ///     whole numbers. Sound leaves them out.
  ///   - system: what a file is written with.
  /// - Throws: `FileError`.
  package init(
    _ format: TableFormat, to path: String?, columns: [String], places: Int = 0,
    system: FileSystem = FileSystem()
  ) throws(FileError) {
    precondition(path != nil || format == .csv, "\(format) to standard output")
    layout = TableLayout(format: format, columns: columns, places: places)
    if let path {
      destination = try TableFile(path, system)
    } else {
      destination = StandardOutput()
    }
    buffer = layout.head(rows: 0)
  }

  /// Appends a row.
  ///
  /// - Parameter row: a value for each column.
  /// - Throws: `FileError`.
  package func write(_ row: [Double]) throws(FileError) {
    layout.append(row, to: &buffer)
    rows += 1
    clippedValues += layout.clipped(row)
    if buffer.count >= Self.blockSize { try empty() }
  }

  /// Writes the rest; the file takes its name. The last call.
  ///
  /// - Throws: `FileError`, also for more sound than a WAV file can hold; then an earlier file of this
  ///   name is untouched.
  package func finish() throws(FileError) {
    try empty()
    try destination.finish(head: layout.head(rows: rows))
  }

  private func empty() throws(FileError) {
    guard layout.canHold(rows: rows) else {
      throw FileError(path: destination.name, cannot: "write", code: EFBIG)
    }
    try destination.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

/// Where a table goes.
private protocol TableDestination {
  /// What messages call it.
  var name: String { get }

  func write(_ bytes: [UInt8]) throws(FileError)

  /// Nothing follows.
  ///
  /// - Parameter head: takes the place of the first bytes, now that the number of rows is known.
  func finish(head: [UInt8]) throws(FileError)
}

private final class TableFile: TableDestination {
  let name: String
  private var replacement: ReplacementFile

  init(_ path: String, _ system: FileSystem) throws(FileError) {
    name = path
    replacement = try ReplacementFile(of: path, system: system)
  }

  func write(_ bytes: [UInt8]) throws(FileError) {
    do throws(FileError) {
      try replacement.file.write(bytes)
    } catch {
      throw renamed(error)
    }
  }

  func finish(head: [UInt8]) throws(FileError) {
    do throws(FileError) {
      try replacement.file.rewind()
      try replacement.file.write(head)
      try replacement.commit()
    } catch {
      throw renamed(error)
    }
  }

  /// The user knows the file by its last name.
  private func renamed(_ error: FileError) -> FileError {
    FileError(path: name, cannot: error.operation, code: error.code)
  }
}

private struct StandardOutput: TableDestination {
  let name = "standard output"

  func write(_ bytes: [UInt8]) throws(FileError) {
    try StandardStream.output(String(decoding: bytes, as: UTF8.self))
  }

  func finish(head: [UInt8]) {}
}
