import Storage

/// Where sequences start in a window. // [T, B]
struct Resets: Sendable {
  private let marks: Common<UInt8>
  /// Whether no sequence starts: then nobody looks at each time step's marks.
  private let isEmpty: Bool

  init(_ marks: UnsafePointer<UInt8>, rows: Int) {
    self.marks = Common(marks)
    isEmpty = UnsafeBufferPointer(start: marks, count: rows).allSatisfy { $0 == 0 }
  }

  /// The marks; nil where there is none.
  var rows: Common<UInt8>? { isEmpty ? nil : marks }

  /// The marks of `rows`, if any of them is set.
  func marks(of rows: Range<Int>) -> UnsafePointer<UInt8>? {
    guard !isEmpty else { return nil }
    let own: UnsafePointer<UInt8> = marks.base + rows.lowerBound
    return (0..<rows.count).contains { own[$0] != 0 } ? own : nil
  }

  /// The first of these time steps at which one of the slice's sequences starts.
  func firstStart(in timeSteps: Range<Int>, of slice: Range<Int>, streams: Int) -> Int? {
    guard !isEmpty else { return nil }
    return timeSteps.first { timeStep in
      let row = timeStep * streams
      return marks(of: row + slice.lowerBound..<row + slice.upperBound) != nil
    }
  }

  subscript(row: Int) -> Bool { marks[row] != 0 }
}
