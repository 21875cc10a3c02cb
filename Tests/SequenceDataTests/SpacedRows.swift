import SequenceData

/// Numbers set apart by spaces, below a line `#rows`: the example of a format.
struct SpacedRows: RowFormat {
  let file: SourceFile
  let columnNames: [String]? = nil
  let columnCount: Int
  private var rows: [[Double]]
  private var numbers: [Int]
  private var label: Int?

  static func recognises(_ head: [UInt8]) -> Bool { head.starts(with: "#rows\n".utf8) }

  init(path: String) throws(SequenceDataError) {
    file = try SourceFile(path: path)
    var bytes: [UInt8] = []
    while let chunk = try file.nextChunk() { bytes += chunk }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
    rows = lines.reversed().map { $0.split(separator: " ").map { Double($0) ?? .nan } }
    columnCount = rows.map(\.count).min() ?? 0
    numbers = Array(0..<columnCount)
  }

  mutating func select(numbers: [Int], label: Int?) {
    self.numbers = numbers
    self.label = label
  }

  mutating func next(
    into row: inout [Double], label: inout String
  ) throws(SequenceDataError) -> Bool {
    guard let values = rows.popLast() else { return false }
    row = numbers.map { values[$0] }
    if let column = self.label { label = "\(values[column])" }
    return true
  }
}
