/// The rows of a table that a window reads, on any rank: only they have gradients.
///
/// Their gradients lie packed, in ascending order of the rows, at the end of the table's part of a
/// gradient arena, so that they and all parameters behind the table are one piece of memory.
package final class TouchedRows {
  /// The number of rows of the table.
  package let rowCount: Int
  /// The floats of one row.
  package let width: Int
  private let markArena: Arena<Float>  // [rowCount]
  private let rowNumbers: Arena<Int32>  // [rowCount], `count` of them in use
  private let slots: Arena<Int32>  // [rowCount]
  /// The number of touched rows.
  package private(set) var count = 0

  /// A table none of whose rows is touched.
  package init(rowCount: Int, width: Int) {
    self.rowCount = rowCount
    self.width = width
    markArena = Arena(count: rowCount)
    rowNumbers = Arena(count: rowCount)
    slots = Arena(count: rowCount)
  }

  /// More than 0 where a row is touched; the sum over ranks marks what any of them touches.
  package var marks: UnsafeMutableBufferPointer<Float> { markArena.buffer }  // [rowCount]

  /// Marks no row.
  package func clear() { markArena.clear() }

  /// Marks the rows that these symbols name, too.
  package func mark(_ symbols: UnsafePointer<Int32>, count: Int) {
    for index in 0..<count { marks[Int(symbols[index])] = 1 }
  }

  /// Gives each marked row its place.
  package func collect() {
    count = 0
    for row in 0..<rowCount where marks[row] > 0 {
      rowNumbers.base[count] = Int32(row)
      slots.base[row] = Int32(count)
      count += 1
    }
  }

  /// The touched rows in ascending order.
  package var rows: UnsafePointer<Int32> { UnsafePointer(rowNumbers.base) }

  /// The place of a touched row's gradient among the packed ones.
  package func slot(of row: Int32) -> Int32 { slots.base[Int(row)] }

  /// Where the packed gradients begin, in floats from the table's first gradient.
  package var packedStart: Int { (rowCount - count) * width }

  /// Moves the packed gradients of the table to their rows, and makes all others zero.
  package func unpack(_ table: FloatPointer) {  // [rowCount, width]
    var next = 0
    for index in 0..<count {
      let row = Int(rowNumbers.base[index])
      (table + next * width).update(repeating: 0, count: (row - next) * width)
      // A row never lies behind its packed gradient, so none is overwritten before it has moved.
      (table + row * width).update(from: table + packedStart + index * width, count: width)
      next = row + 1
    }
    (table + next * width).update(repeating: 0, count: (rowCount - next) * width)
  }
}
