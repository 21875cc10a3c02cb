/// Rows of a file that follow one another and have one label.
package struct SeriesRun: Sendable, Equatable, Codable {
  /// What the label's column says; empty without one.
  package let label: String
  /// The rows, from 0; at least one.
  package internal(set) var rows: Range<Int>
}

/// Cuts rows into runs while they are read.
struct SeriesRuns {
  private(set) var runs: [SeriesRun] = []
  private(set) var rowCount = 0

  /// The most runs of a file; more are a mistaken choice, such as a column of times.
  static let most = 1 << 20

  /// Takes the next row; false if it begins one run too many.
  mutating func append(_ label: String) -> Bool {
    if let last = runs.last, last.label == label {
      runs[runs.count - 1].rows = last.rows.lowerBound..<rowCount + 1
    } else {
      guard runs.count < Self.most else { return false }
      runs.append(SeriesRun(label: label, rows: rowCount..<rowCount + 1))
    }
    rowCount += 1
    return true
  }
}
