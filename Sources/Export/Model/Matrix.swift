/// A matrix, row by row.
package struct Matrix: Sendable, Equatable {
  /// The number of rows.
  package let rows: Int
  /// The number of columns.
  package let columns: Int
  /// The elements.
  package var values: [Float]  // [rows, columns]

  /// A matrix of these elements.
  package init(rows: Int, columns: Int, _ values: [Float]) {
    precondition(values.count == rows * columns, "\(values.count) values, \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// An element.
  package subscript(row: Int, column: Int) -> Float {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// The elements of a row.
  package func row(_ row: Int) -> ArraySlice<Float> {
    values[row * columns..<(row + 1) * columns]
  }

  /// A list for each row.
  package var lists: [[Float]] { (0..<rows).map { Array(row($0)) } }

  /// Rows as columns.
  package var transposed: Matrix {
    var result = Matrix(
      rows: columns, columns: rows, [Float](repeating: 0, count: values.count))
    for row in 0..<rows {
      for column in 0..<columns { result[column, row] = self[row, column] }
    }
    return result
  }

  /// The same rows in blocks of `height`, in another order: block `order[k]` comes k-th.
  package func blocks(_ order: [Int], height: Int) -> Matrix {
    let reordered = order.flatMap { values[$0 * height * columns..<($0 + 1) * height * columns] }
    return Matrix(rows: rows, columns: columns, reordered)
  }
}

extension [Float] {
  /// The same numbers in blocks of `height`, in another order: block `order[k]` comes k-th.
  func blocks(_ order: [Int], height: Int) -> [Float] {
    order.flatMap { self[$0 * height..<($0 + 1) * height] }
  }
}

/// The sums of two biases.
func sum(_ left: [Float], _ right: [Float]) -> [Float] { zip(left, right).map { $0 + $1 } }
