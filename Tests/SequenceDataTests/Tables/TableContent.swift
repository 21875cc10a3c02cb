import Foundation
import SequenceData
import Testing

/// All that a table has, read by the format that recognises it.
struct TableContent {
  let names: [String]?
  let sampleRate: Double?
  private(set) var rows: [[Double]] = []
  private(set) var labels: [String] = []

  /// Reads some columns, all if nil.
  init(_ path: String, numbers: [Int]? = nil, label: Int? = nil) throws {
    var format = try RowFormats.open(path)
    if numbers != nil || label != nil {
      format.select(numbers: numbers ?? Array(0..<format.columnCount), label: label)
    }
    names = format.columnNames
    sampleRate = format.sampleRate
    var row: [Double] = []
    var current = ""
    while try format.next(into: &row, label: &current) {
      rows.append(row)
      labels.append(current)
    }
  }

  /// The rows as text, so that a number that is missing equals another.
  var text: [String] { rows.map { "\($0)" } }
}

/// The tables that Tests/Reference/make_tables.py made.
enum MadeTables {
  static let rows = 40

  static func path(_ name: String) -> String {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return tests.appendingPathComponent("Reference/tables/\(name)").path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// The number in a row and a column, of a type by NumPy's letter.
  static func number(_ row: Int, _ column: Int, _ kind: Character) -> Double {
    let value = Double((7 * row + 3 * column) % 100)
    switch kind {
    case "f": return value + 0.5 - 50
    case "i": return value - 50
    case "b": return value == 0 ? 0 : 1
    default: return value
    }
  }

  static func matrix(_ columns: Int, _ kind: Character) -> [[Double]] {
    (0..<rows).map { row in (0..<columns).map { number(row, $0, kind) } }
  }
}

/// Puts little-endian binary files together, independently of what reads them.
struct Bytes {
  private(set) var all: [UInt8] = []

  mutating func add(_ text: String) { all += Array(text.utf8) }

  mutating func add<Number: FixedWidthInteger>(_ number: Number) {
    for index in 0..<Number.bitWidth / 8 {
      all.append(UInt8(truncatingIfNeeded: number >> Number(8 * index)))
    }
  }

  mutating func add(_ bytes: [UInt8]) { all += bytes }
}
