import SequenceData

/// Numbers set apart by spaces, below a line `#rows`: the example of a format.
struct SpacedRows: RowFormat {
  let file: SourceFile
  let columnNames: [String]? = nil
  private var lines: [Substring] = []

  static func recognises(_ head: [UInt8]) -> Bool { head.starts(with: "#rows\n".utf8) }

  init(path: String) throws(SequenceDataError) {
    file = try SourceFile(path: path)
    var bytes: [UInt8] = []
    while let chunk = try file.nextChunk() { bytes += chunk }
    lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().reversed()
  }

  mutating func next(into row: inout [Double]) throws(SequenceDataError) -> Bool {
    guard let line = lines.popLast() else { return false }
    row = line.split(separator: " ").compactMap { Double($0) }
    return true
  }
}
