import Files
import SequenceData

/// The trials of a sweep, in the order of their numbers, which follows from the options alone.
package struct TrialList: Sendable, Equatable {
  /// The keys that vary.
  package let keys: [String]
  /// All trials.
  package let trials: [Trial]

  /// A list may have so many trials.
  private static let mostTrials = 100_000

  /// Keys that the ranks, or the comparison of trials, need to be the same.
  private static let unvariable = [
    "name": "each trial has a folder of its own",
    "parallel.workers": "workers serve one trial after the other",
    "training.monitor": "trials are compared by it",
  ]

  private init(keys: [String], rows: [[String]]) throws(SweepError) {
    guard !rows.isEmpty, !keys.isEmpty else { throw .nothingVaries }
    for (index, key) in keys.enumerated() {
      if keys[..<index].contains(key) {
        throw .badVariation(option: key, problem: "varies twice; keep one")
      }
      // A whole section would hide it.
      for (fixed, reason) in Self.unvariable where fixed == key || fixed.hasPrefix("\(key).") {
        throw .unvariable(key: fixed, reason: reason)
      }
    }
    self.keys = keys
    trials = rows.enumerated().map { Trial(number: $0 + 1, keys: keys, values: $1) }
  }

  /// The product of what varies; the last key varies fastest.
  ///
  /// - Throws: `SweepError`.
  package init(_ variations: [Variation]) throws(SweepError) {
    let count = try Self.productCount(variations, limit: Self.mostTrials)
    try self.init(variations, Array(0..<count))
  }

  /// Trials drawn from the product without putting back, in an order that follows from the seed.
  ///
  /// - Parameters:
  ///   - variations: what varies.
  ///   - count: how many are drawn.
  ///   - seed: of the configuration before anything varies.
  /// - Throws: `SweepError`.
  package init(
    _ variations: [Variation], drawing count: Int, seed: UInt64
  ) throws(SweepError) {
    guard count <= Self.mostTrials else { throw .tooMany(limit: Self.mostTrials) }
    let product = try Self.productCount(variations, limit: .max)
    guard count <= product else { throw .tooFew(drawn: count, product: product) }
    // The first steps of Fisher and Yates' shuffle, of which only what was moved is kept. Epochs are
    // shuffled by numbers below this one.
    var random = SampleRandom(shuffling: Self.drawingEpoch, seed: seed)
    var moved: [Int: Int] = [:]
    var chosen: [Int] = []
    for place in 0..<count {
      let other = place + random.nextInteger(below: product - place)
      chosen.append(moved[other] ?? other)
      moved[other] = moved[place] ?? place
    }
    try self.init(variations, chosen)
  }

  private static let drawingEpoch = Int(Int32.max)

  /// Reads trials from a CSV file: the first line names the keys, each other line is a trial.
  ///
  /// - Throws: `SweepError.badList`, `FileError`.
  package init(path: String) throws {
    let bytes = try TextFile.bytes(of: path)
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw SweepError.badList(path: path, line: nil, problem: "is not valid UTF-8 text")
    }
    // The mark that spreadsheets write.
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    let records: [(line: Int, fields: [String])]
    do throws(CSVRecords.Unclosed) {
      records = try CSVRecords.records(of: text)
    } catch {
      throw SweepError.badList(path: path, line: error.line, problem: "a quote has no partner")
    }
    guard let header = records.first, records.count > 1 else {
      throw SweepError.badList(
        path: path, line: nil, problem: "expected a line of keys and a line for each trial")
    }
    guard !header.fields.contains("") else {
      throw SweepError.badList(path: path, line: header.line, problem: "a column has no key")
    }
    for record in records.dropFirst() where record.fields.count != header.fields.count {
      throw SweepError.badList(
        path: path, line: record.line,
        problem: "expected \(header.fields.count) values, found \(record.fields.count)")
    }
    guard records.count <= Self.mostTrials else {
      throw SweepError.badList(
        path: path, line: nil, problem: "has more than \(Self.mostTrials) trials; give fewer")
    }
    // An empty field is no value.
    let rows = records.dropFirst().map { $0.fields.map { $0.isEmpty ? "null" : $0 } }
    try self.init(keys: header.fields, rows: rows)
  }

  /// The trials at these places of the product.
  private init(_ variations: [Variation], _ places: [Int]) throws(SweepError) {
    let rows = places.map { place in
      var rest = place
      return Array(
        variations.reversed().map { variation in
          let count = variation.values.count
          defer { rest /= count }
          return variation.values[rest % count]
        }.reversed())
    }
    try self.init(keys: variations.map(\.key), rows: variations.isEmpty ? [] : rows)
  }

  private static func productCount(
    _ variations: [Variation], limit: Int
  ) throws(SweepError) -> Int {
    var count = 1
    for variation in variations {
      let (product, overflows) = count.multipliedReportingOverflow(by: variation.values.count)
      guard !overflows, product <= limit else { throw .tooMany(limit: mostTrials) }
      count = product
    }
    return count
  }
}
