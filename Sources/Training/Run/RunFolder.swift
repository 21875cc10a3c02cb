import Checkpoints
import Configuration
import Foundation

/// A run's folder: `config.yaml`, `metrics.jsonl`, `checkpoints/`, `summary.json`.
package struct RunFolder {
  /// The folder.
  package let path: String

  /// Describes the folder, which need not exist yet.
  package init(path: String) { self.path = path }

  var configuration: String { "\(path)/config.yaml" }
  /// The file of a line a step.
  package var metrics: String { "\(path)/metrics.jsonl" }
  var summary: String { "\(path)/summary.json" }
  var forecast: String { "\(path)/forecast.csv" }
  var checkpoints: CheckpointStore { CheckpointStore(directory: "\(path)/checkpoints") }

  /// Whether there is nothing in it, or no folder at all.
  var isEmpty: Bool {
    (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty ?? true
  }

  var hasConfiguration: Bool { FileManager.default.fileExists(atPath: configuration) }

  /// Makes the folder.
  ///
  /// - Throws: `TrainingError.unwritable`.
  func create() throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw TrainingError.unwritable(path: path, problem: "the output folder cannot be made")
    }
  }

  /// Writes a text file aside and renames it.
  func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw TrainingError.unwritable(path: path, problem: "cannot be written; is the disk full?")
    }
  }

  /// Drops the metrics of steps after `step`, which a resumed run makes again.
  ///
  /// - Throws: `TrainingError.unwritable`.
  package func truncateMetrics(after step: Int) throws {
    guard let text = try? String(contentsOfFile: metrics, encoding: .utf8) else { return }
    let kept = text.split(separator: "\n").filter { line in
      StepLine.step(of: line).map { $0 <= step } ?? false
    }
    try write(kept.map { $0 + "\n" }.joined(), to: metrics)
  }
}
