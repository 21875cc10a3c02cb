import Checkpoints
import Settings

/// Where two runs part, to find what broke their reproducibility.
///
/// The runs may have been cut into sessions, and one may be longer than the other: what both have is
/// compared, bit by bit.
public struct RunDifference: Sendable, Equatable, Codable {
  /// Something that the runs were not told alike, as a hint at why they part.
  public struct Setting: Sendable, Equatable, Codable {
    /// A key of the configuration, or in words what the newest checkpoint says besides.
    public let name: String
    /// The left run's value.
    public let left: String
    /// The right run's value.
    public let right: String
  }

  /// The folder of the one run.
  public let left: String
  /// The folder of the other.
  public let right: String
  /// The settings that differ; names and paths are none.
  public let settings: [Setting]
  /// How far the metrics are the same.
  public let metrics: MetricsDifference
  /// How far the checkpoints are the same.
  public let checkpoints: CheckpointDifference

  /// Whether no bit was found that differs.
  public var isNone: Bool { metrics.first == nil && checkpoints.first == nil }
}

extension RunDifference {
  /// Compares the runs in two folders.
  ///
  /// - Throws: `TrainingError.notARun`; `TrainingError.nothingToCompare`; `ConfigurationError`,
  ///   `FileError` or `CheckpointError` for what cannot be read.
  public init(_ left: String, _ right: String) throws {
    let (own, other) = (RunFolder(path: left), RunFolder(path: right))
    for folder in [own, other] where !folder.isOfRun {
      throw TrainingError.notARun(path: folder.path)
    }
    self.left = left
    self.right = right
    settings = try Self.settings(own, other)
    metrics = try MetricsDifference(own, other)
    checkpoints = try CheckpointDifference(own.checkpoints, other.checkpoints)
    guard metrics.commonSteps > 0 || checkpoints.isOfSomething else {
      throw TrainingError.nothingToCompare(
        left: left, right: right, reasons: checkpoints.skipped)
    }
  }

  private static func settings(_ left: RunFolder, _ right: RunFolder) throws -> [Setting] {
    let own = try Configuration(savedAt: left.configuration)
    let other = try Configuration(savedAt: right.configuration)
    let keys = other.changes(from: own).filter { !$0.isOfNameOrPath }
      .map { Setting(name: $0.key, left: $0.old, right: $0.new) }
    let besides = zip(circumstances(of: left), circumstances(of: right))
      .compactMap { own, other -> Setting? in
        guard let left = own.value, let right = other.value, left != right else { return nil }
        return Setting(name: own.name, left: left, right: right)
      }
    return keys + besides
  }

  /// What the configuration does not say: the layout, the processor, and the data behind the paths.
  /// It is a hint only, so a run without a checkpoint that can be read has none.
  private static func circumstances(of run: RunFolder) -> [(name: String, value: String?)] {
    guard let checkpoint = run.checkpoints.newestComplete().checkpoint,
      let progress = try? checkpoint.json(CheckpointFile.progress, as: TrainingProgress.self),
      let data = try? checkpoint.json(CheckpointFile.data, as: DataDescription.self)
    else { return [] }
    return [
      ("content of data.train", data.content?.training),
      ("content of data.validation", data.content?.validation),
      ("kernel variant", progress.variant), ("ranks", "\(progress.ranks)"),
      ("workers", "\(progress.workers)"),
    ]
  }
}
