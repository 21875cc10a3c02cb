/// The bytes of a table's head and rows.
struct TableLayout {
  let format: TableFormat
  let columns: [String]
  /// How many columns, from the first, say where a row is.
  let places: Int

  /// The bytes of a sample.
  private static let sampleSize = 4

  init(format: TableFormat, columns: [String], places: Int) {
    precondition(places < columns.count, "\(places) of \(columns.count) columns are places")
    // A field of 16 bits holds a frame's bytes.
    precondition(columns.count < 1 << 14, "\(columns.count) columns")
    self.format = format
    self.columns = columns
    self.places = places
  }

  private var channels: Int { columns.count - places }

  /// What stands before the rows: as many bytes for any number of rows.
  func head(rows: Int) -> [UInt8] {
    switch format {
    case .csv: Array(columns.csvLine.utf8)
    case .npy: arrayHead(rows: rows)
    case .wav(let rate): soundHead(rows: rows, rate: rate)
    }
  }

  /// Appends a row's bytes.
  func append(_ row: [Double], to bytes: inout [UInt8]) {
    precondition(row.count == columns.count, "\(row.count) values in \(columns.count) columns")
    switch format {
    case .csv:
      let fields = row.enumerated().map { column, value in
        column < places ? "\(Int(value))" : value.isNaN ? "" : "\(value)"
      }
      bytes += (fields.joined(separator: ",") + "\n").utf8
    case .npy:
      for value in row { bytes.append(littleEndian: value.bitPattern) }
    case .wav:
      for value in row[places...] { bytes.append(littleEndian: Float(value).bitPattern) }
    }
  }

  /// How many of a row's samples lie beyond ±1.
  func clipped(_ row: [Double]) -> Int {
    guard case .wav = format else { return 0 }
    return row[places...].count { abs($0) > 1 }
  }

  /// Whether the format's sizes can be told for so many rows.
  func canHold(rows: Int) -> Bool {
    guard case .wav = format else { return true }
    return rows <= (Int(UInt32.max) - soundHead(rows: 0, rate: 1).count) / frameSize
  }

  // MARK: CSV

  // MARK: NPY

  /// Version 1.0 of numpy.lib.format: 128 bytes, which is room for any number of rows.
  private func arrayHead(rows: Int) -> [UInt8] {
    let size = 128
    let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(rows), \(columns.count)), }"
    let length = size - start.count - 2
    let padding = String(repeating: " ", count: length - 1 - text.utf8.count)
    var bytes = start
    bytes.append(littleEndian: UInt16(length))
    bytes += (text + padding + "\n").utf8
    return bytes
  }

  // MARK: WAV

  private var frameSize: Int { channels * Self.sampleSize }

  /// RIFF with the chunks `fmt `, `fact` and `data` of IEEE floats, as formats that are not PCM need.
  private func soundHead(rows: Int, rate: Int) -> [UInt8] {
    let dataSize = UInt32(rows * frameSize)
    var format: [UInt8] = []
    format.append(littleEndian: UInt16(3))  // IEEE float
    format.append(littleEndian: UInt16(channels))
    format.append(littleEndian: UInt32(rate))
    // Of rates that no player has, this figure, which none needs, may be too large for its field.
    format.append(littleEndian: UInt32(clamping: rate * frameSize))
    format.append(littleEndian: UInt16(frameSize))
    format.append(littleEndian: UInt16(8 * Self.sampleSize))
    format.append(littleEndian: UInt16(0))  // no extension
    var fact: [UInt8] = []
    fact.append(littleEndian: UInt32(rows))
    let chunks = Self.chunk("fmt ", format) + Self.chunk("fact", fact)
    var bytes = Array("RIFF".utf8)
    bytes.append(littleEndian: UInt32(4 + chunks.count + 8) + dataSize)
    bytes += Array("WAVE".utf8) + chunks + Array("data".utf8)
    bytes.append(littleEndian: dataSize)
    return bytes
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    var bytes = Array(name.utf8)
    bytes.append(littleEndian: UInt32(content.count))
    return bytes + content
  }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
