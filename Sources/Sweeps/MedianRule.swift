import Files
import Foundation
import Training

/// Ends trials that fall behind: one whose best validation so far is worse than the median of what the
/// others had reached at the same step (the median stopping rule of Golovin et al., "Google Vizier", 2017).
///
/// The validations of each trial are in a file that all groups read. Which others have come as far depends
/// on how fast they are, so with it a sweep is no longer the same on every number of ranks.
package final class MedianRule: MetricsSink {
  /// The trial's own.
  weak var trainer: Trainer?
  /// Why it was stopped, if it was.
  private(set) var reason: String?

  private let folder: String
  private let own: String
  private let file: LineFile
  private var best = Double.infinity

  /// Fewer others say nothing.
  private static let fewest = 3

  private struct Line: Codable {
    let step: Int
    let cost: Double
  }

  /// - Parameters:
  ///   - number: the trial's.
  ///   - folder: the sweep's.
  /// - Throws: `FileError`.
  init(trial number: Int, of folder: SweepFolder) throws(FileError) {
    self.folder = folder.validations
    own = "\(number)"
    file = try LineFile("\(folder.validations)/\(number)")
    // A trial that goes on has validations already.
    best = Self.read("\(folder.validations)/\(number)").map(\.cost).min() ?? .infinity
  }

  package func begin(_ outline: RunOutline) {}

  package func record(_ record: StepRecord) throws {
    guard let trainer, let validation = record.validation else { return }
    let cost = trainer.monitored.cost(of: validation)
    guard !cost.isNaN else { return }
    best = min(best, cost)
    // On a full disk the others do not see it, and nothing else happens.
    try? file.append(JSON.line(Line(step: record.step, cost: cost)))
    guard reason == nil, Self.isBehind(best, others: others(at: record.step)) else { return }
    reason = "behind the median of the other trials at step \(record.step)"
    trainer.stop()
  }

  package func end(_ summary: TrainingSummary) {}

  /// Whether a cost is worse than the median of others', of which there must be three or more.
  package static func isBehind(_ cost: Double, others: [Double]) -> Bool {
    guard others.count >= fewest else { return false }
    let sorted = others.sorted()
    let middle = sorted.count / 2
    let median =
      sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    return cost > median
  }

  /// The best costs up to a step of those others that have come as far.
  private func others(at step: Int) -> [Double] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return entries.sorted().compactMap { entry in
      guard entry != own else { return nil }
      let lines = Self.read("\(folder)/\(entry)")
      guard lines.contains(where: { $0.step >= step }) else { return nil }
      return lines.filter { $0.step <= step }.map(\.cost).min()
    }
  }

  private static func read(_ path: String) -> [Line] {
    let bytes = (try? TextFile.bytes(of: path)) ?? []
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { JSON.value(Line.self, from: $0) }
  }
}
