import Storage
import Testing

struct TouchedRowsTests {
  /// Every subset of six rows, the symbols out of order and some twice.
  @Test(arguments: 0..<64)
  func packedGradientsGoToTheirRows(_ subset: Int) {
    let width = 3
    let rows = TouchedRows(rowCount: 6, width: width)
    let touched = (0..<6).filter { subset >> $0 & 1 == 1 }
    let symbols = (touched.reversed() + touched.prefix(2)).map(Int32.init)
    rows.mark([0, 5, 3], count: 3)  // of an earlier window
    rows.clear()
    rows.mark(symbols, count: symbols.count)
    rows.collect()
    #expect((0..<rows.count).map { Int(rows.rows[$0]) } == touched)
    #expect(rows.packedStart == (6 - touched.count) * width)
    #expect(touched.map { Int(rows.slot(of: Int32($0))) } == Array(touched.indices))

    let arena = Arena<Float>(count: 6 * width)
    arena.buffer.update(repeating: -1)
    for (place, row) in touched.enumerated() {
      for column in 0..<width {
        arena.base[rows.packedStart + place * width + column] = Float(10 * row + column + 1)
      }
    }
    rows.unpack(arena.base)
    for row in 0..<6 {
      for column in 0..<width {
        let expected = touched.contains(row) ? Float(10 * row + column + 1) : 0
        #expect(arena.base[row * width + column] == expected)
      }
    }
  }

  /// What any rank marks counts.
  @Test func marksAddUp() {
    let rows = TouchedRows(rowCount: 4, width: 1)
    rows.mark([2], count: 1)
    rows.marks[0] += 2
    rows.collect()
    #expect(rows.count == 2 && rows.rows[0] == 0 && rows.rows[1] == 2)
  }
}
