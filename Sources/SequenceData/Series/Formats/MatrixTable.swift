/// A matrix in a binary file: a row for each time step.
struct NumberMatrix: Sendable {
  /// What it is called in messages.
  var name: String
  /// How a number of it lies in the file.
  var encoding: NumberEncoding
  var rows: Int
  var columns: Int
  /// Whether numbers of one column are neighbours (Fortran order), and not those of one row.
  var isColumnMajor = false
  /// Where its numbers lie, behind `headerSize` other bytes.
  var part: FilePart
  var headerSize = 0
  /// Why it cannot be read, if it cannot; said when one of its columns is chosen.
  var problem: String?
}

/// The columns of the matrices of one file, side by side.
package struct MatrixTable {
  /// The file that is read.
  let file: SourceFile
  /// The columns of all matrices.
  let columnCount: Int

  private let matrices: [NumberMatrix]
  private var numbers: [Int]
  private var label: Int?
  private var cursors: [Cursor]?
  private var rowCount = 0
  private var rowsRead = 0
  private var lastLabel: Double?

  /// The most places that are read from side by side: each has a buffer of its own.
  private static let mostCursors = 1 << 10

  /// What is read for each row from one place of the file.
  private struct Cursor {
    let reader: PartReader
    let encoding: NumberEncoding
    /// The bytes of a row.
    let stride: Int
    /// The bytes before a number, and its place in the row; the label's is behind all others.
    var picks: [(offset: Int, place: Int)]
  }

  /// - Throws: `badTable` if there are too many columns.
  init(_ matrices: [NumberMatrix], in file: SourceFile) throws(SequenceDataError) {
    self.file = file
    self.matrices = matrices
    var count = 0
    for matrix in matrices {
      guard matrix.columns <= RowFormats.mostColumns - count else {
        throw .badTable(
          path: file.path, reason: "has more than \(RowFormats.mostColumns) columns; save fewer")
      }
      count += matrix.columns
    }
    columnCount = count
    numbers = Array(0..<count)
  }

  mutating func select(numbers: [Int], label: Int?) {
    precondition(rowsRead == 0 && cursors == nil, "columns chosen after \(rowsRead) rows")
    self.numbers = numbers
    self.label = label
  }

  /// - Throws: `badTable` for matrices that cannot be read or are of several lengths, and
  ///   `infiniteNumber`.
  mutating func next(
    into row: inout [Double], label: inout String
  ) throws(SequenceDataError) -> Bool {
    if cursors == nil { cursors = try makeCursors() }
    guard rowsRead < rowCount, let cursors else { return false }
    if row.count != numbers.count { row = Array(repeating: 0, count: numbers.count) }
    rowsRead += 1
    for cursor in cursors {
      let bytes = try cursor.reader.take(cursor.stride)
      for pick in cursor.picks {
        let number = cursor.encoding.decode(bytes + pick.offset)
        guard !number.isInfinite else {
          throw .infiniteNumber(path: file.path, row: rowsRead, column: column(of: pick.place) + 1)
        }
        if pick.place < numbers.count { row[pick.place] = number } else { note(number, &label) }
      }
    }
    return true
  }

  /// The column that a place in the row is for.
  private func column(of place: Int) -> Int {
    place < numbers.count ? numbers[place] : label ?? 0
  }

  /// Writes a label where it changes, whole numbers without a point.
  private mutating func note(_ number: Double, _ label: inout String) {
    guard number != lastLabel else { return }
    lastLabel = number
    label = Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  /// One cursor for each matrix that lies row by row, and for each column of the others that is chosen.
  private mutating func makeCursors() throws(SequenceDataError) -> [Cursor] {
    var cursors: [Cursor] = []
    var first = 0
    var other: NumberMatrix?
    let chosen = numbers + (label.map { [$0] } ?? [])
    for matrix in matrices {
      let columns = first..<first + matrix.columns
      first = columns.upperBound
      let picks = chosen.enumerated().filter { columns.contains($0.element) }
        .map { (column: $0.element - columns.lowerBound, place: $0.offset) }
      guard !picks.isEmpty else { continue }
      try check(matrix, against: other)
      other = matrix
      guard cursors.count + (matrix.isColumnMajor ? picks.count : 1) <= Self.mostCursors else {
        throw .badTable(
          path: file.path,
          reason: "the columns lie at more than \(Self.mostCursors) places; choose fewer, or save "
            + "arrays with numpy.ascontiguousarray")
      }
      if matrix.isColumnMajor {
        for pick in picks { cursors.append(try cursor(of: matrix, pick.column, pick.place)) }
      } else {
        cursors.append(try cursor(of: matrix, picks))
      }
    }
    rowCount = other?.rows ?? 0
    return cursors
  }

  private func check(
    _ matrix: NumberMatrix, against other: NumberMatrix?
  ) throws(SequenceDataError) {
    if let problem = matrix.problem {
      throw .badTable(path: file.path, reason: "\(matrix.name) \(problem)")
    }
    if let other, other.rows != matrix.rows {
      throw .badTable(
        path: file.path,
        reason: "\(other.name) has \(other.rows) time steps, \(matrix.name) \(matrix.rows); choose "
          + "columns of one length with data.inputs and data.targets")
    }
  }

  private func cursor(
    of matrix: NumberMatrix, _ picks: [(column: Int, place: Int)]
  ) throws(SequenceDataError) -> Cursor {
    let size = matrix.encoding.size
    let stride = matrix.columns * size
    let reader = PartReader(file, matrix.part, name: matrix.name, longest: stride)
    try reader.skip(matrix.headerSize)
    return Cursor(
      reader: reader, encoding: matrix.encoding, stride: stride,
      picks: picks.map { (offset: $0.column * size, place: $0.place) })
  }

  private func cursor(
    of matrix: NumberMatrix, _ column: Int, _ place: Int
  ) throws(SequenceDataError) -> Cursor {
    let size = matrix.encoding.size
    let reader = PartReader(file, matrix.part, name: matrix.name, longest: size)
    // The numbers of the whole matrix lie in the part, so the product is not too large.
    try reader.skip(matrix.headerSize + column * matrix.rows * size)
    return Cursor(
      reader: reader, encoding: matrix.encoding, stride: size, picks: [(offset: 0, place: place)])
  }
}

/// A format whose files hold matrices.
package protocol MatrixFormat: RowFormat {
  /// All columns of the file.
  var table: MatrixTable { get set }
}

extension MatrixFormat {
  package var file: SourceFile { table.file }
  package var columnCount: Int { table.columnCount }

  package mutating func select(numbers: [Int], label: Int?) {
    table.select(numbers: numbers, label: label)
  }

  package mutating func next(
    into row: inout [Double], label: inout String
  ) throws(SequenceDataError) -> Bool {
    try table.next(into: &row, label: &label)
  }
}
