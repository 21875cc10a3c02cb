import Files
import Foundation

/// What a sweep says of its trials, in the file `trials.csv` of its folder: the columns `trial`, a key each
/// that varies, `state`, `steps`, the best validation, and others.
package struct TrialTable: Sendable, Equatable {
  /// A row.
  package struct Trial: Sendable, Equatable {
    /// The values of the keys.
    package let values: [String]  // [keys]
    /// What has become of it, such as `done`.
    package let state: String
    /// The best validation; nil where there is none.
    package let measure: Double?
  }

  /// The file.
  package let path: String
  /// The configuration's keys that vary.
  package let keys: [String]
  /// What the best validation is of, as the column is called.
  package let measureName: String
  /// The trials that have ended.
  package let trials: [Trial]

  private static let name = "trials.csv"

  /// Whether a folder is a sweep's.
  package static func isThere(in folder: String) -> Bool {
    FileSystem().exists("\(folder)/\(name)")
  }

  /// Reads it.
  ///
  /// - Parameter folder: the sweep's.
  /// - Throws: `FileError`; `TrainingError.unsuitable` if it is another kind of table.
  package init(folder: String) throws {
    path = "\(folder)/\(Self.name)"
    let text = String(decoding: try TextFile.bytes(of: path), as: UTF8.self)
    let records = CSVRecords.parse(text) ?? []
    guard let header = records.first, header.first == "trial",
      let state = header.firstIndex(of: "state"), let steps = header.firstIndex(of: "steps"),
      1 < state, state < steps, steps + 1 < header.count
    else {
      throw TrainingError.unsuitable(
        "\(path): is no table of a sweep's trials, whose columns are trial, the varied keys, state, "
          + "steps and the best validation; restore it, or give another folder")
    }
    keys = Array(header[1..<state])
    measureName = header[steps + 1]
    var trials: [Trial] = []
    for record in records.dropFirst() {
      guard record.count == header.count else {
        throw TrainingError.unsuitable(
          "\(path): row \(trials.count + 2) has \(record.count) fields, the header has "
            + "\(header.count); restore the file")
      }
      trials.append(
        Trial(
          values: Array(record[1..<state]), state: record[state],
          measure: Double(record[steps + 1]).flatMap { $0.isFinite ? $0 : nil }))
    }
    self.trials = trials
  }
}
