/// The rows of a table that a window reads, on any rank: only they have gradients.
///
/// Their gradients lie packed, in ascending order of the rows, at the end of the table's part of a
/// gradient arena, so that they and all parameters behind the table are one piece of memory.
public final class TouchedRows {
  /// The number of rows of the table.
  public let rowCount: Int
  /// The floats of one row.
  public let width: Int
  private let markArena: FloatArena  // [rowCount]
  private let rowNumbers: UnsafeMutableBufferPointer<Int32>  // [rowCount], `count` of them in use
  private let slots: UnsafeMutableBufferPointer<Int32>  // [rowCount]
  /// The number of touched rows.
  public private(set) var count = 0

  /// A table none of whose rows is touched.
  public init(rowCount: Int, width: Int) {
    self.rowCount = rowCount
    self.width = width
    markArena = FloatArena(count: rowCount)
    rowNumbers = .allocate(capacity: rowCount)
    rowNumbers.initialize(repeating: 0)
    slots = .allocate(capacity: rowCount)
    slots.initialize(repeating: 0)
  }

  deinit {
    rowNumbers.deallocate()
    slots.deallocate()
  }

  /// More than 0 where a row is touched; the sum over ranks marks what any of them touches.
  public var marks: UnsafeMutableBufferPointer<Float> { markArena.buffer }  // [rowCount]

  /// Marks the rows that these symbols name, and no others.
  public func mark(_ symbols: UnsafePointer<Int32>, count: Int) {
    markArena.clear()
    for index in 0..<count { marks[Int(symbols[index])] = 1 }
  }

  /// Gives each marked row its place.
  public func collect() {
    count = 0
    for row in 0..<rowCount where marks[row] > 0 {
      rowNumbers[count] = Int32(row)
      slots[row] = Int32(count)
      count += 1
    }
  }

  /// The touched rows in ascending order.
  public var rows: UnsafePointer<Int32> { UnsafePointer(rowNumbers.baseAddress.unsafelyUnwrapped) }

  /// The place of a touched row's gradient among the packed ones.
  public func slot(of row: Int32) -> Int32 { slots[Int(row)] }

  /// Where the packed gradients begin, in floats from the table's first gradient.
  public var packedStart: Int { (rowCount - count) * width }

  /// Moves the packed gradients of the table to their rows, and makes all others zero.
  public func unpack(_ table: FloatPointer) {  // [rowCount, width]
    var next = 0
    for index in 0..<count {
      let row = Int(rowNumbers[index])
      (table + next * width).update(repeating: 0, count: (row - next) * width)
      // A row never lies behind its packed gradient, so none is overwritten before it has moved.
      (table + row * width).update(from: table + packedStart + index * width, count: width)
      next = row + 1
    }
    (table + next * width).update(repeating: 0, count: (rowCount - next) * width)
  }
}
