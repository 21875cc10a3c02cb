import Files
import Foundation

/// The runs and sweeps below a folder, sorted by their paths.
public struct RunList: Sendable, Equatable, Codable {
  /// A sweep, in whose place its trials are not listed.
  public struct Sweep: Sendable, Equatable, Codable {
    /// The sweep's folder.
    public let path: String
    /// How many trials have ended in which way, such as `done`.
    public let trials: [String: Int]
    /// Seconds since a trial ended.
    public let age: Double

    enum CodingKeys: String, CodingKey {
      case path, trials
      case age = "age_seconds"
    }
  }

  /// The runs: the folders that hold `config.yaml` and `metrics.jsonl`.
  public private(set) var runs: [ListedRun] = []
  /// The sweeps: the folders that hold `trials.csv`.
  public private(set) var sweeps: [Sweep] = []

  /// Looks for them. A folder that is reached by a symbolic link, and one whose name begins with a dot, is
  /// left out, but for the first one. Of that, trials are listed as well.
  ///
  /// - Parameters:
  ///   - path: the first folder.
  ///   - now: the time.
  /// - Throws: `TrainingError.unsuitable` if there is no such folder.
  public init(below path: String, now: Date = Date()) throws(TrainingError) {
    guard (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil else {
      throw .unsuitable("\(path): is no folder that can be read; give the folder that runs are in")
    }
    if TrialTable.isThere(in: path) { add(sweep: path, now) }
    visit(path, now)
    runs.sort { $0.path < $1.path }
    sweeps.sort { $0.path < $1.path }
  }

  private mutating func visit(_ path: String, _ now: Date) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let folder = RunFolder(path: path)
    if folder.hasConfiguration, folder.hasMetrics {
      runs.append(ListedRun(folder, now: now))
      return
    }
    for name in names where !name.hasPrefix(".") {
      let entry = path == "." ? name : path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      guard Self.isFolder(entry) else { continue }
      if TrialTable.isThere(in: entry)
        || FileManager.default.fileExists(atPath: "\(entry)/sweep.json")
      {
        add(sweep: entry, now)
      } else {
        visit(entry, now)
      }
    }
  }

  private mutating func add(sweep path: String, _ now: Date) {
    // One that is damaged is shown, without what cannot be known.
    let table = try? TrialTable(folder: path)
    let states = (table?.trials ?? []).map { ($0.state, 1) }
    sweeps.append(
      Sweep(
        path: path, trials: Dictionary(states, uniquingKeysWith: +),
        age: table.flatMap { FileSystem.age(of: $0.path, now: now) } ?? 0))
  }

  /// Whether it is one itself, not a link to one.
  private static func isFolder(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }
}

extension RunList {
  /// Whether there is neither a run nor a sweep.
  public var isEmpty: Bool { runs.isEmpty && sweeps.isEmpty }

  /// A line for each run and sweep.
  public var text: String {
    let header = ["run", "state", "step", "epoch", "best validation", "age"]
    let lines =
      runs.map { (path: $0.path, cells: $0.cells) }
      + sweeps.map { (path: $0.path, cells: $0.cells) }
    return Tables.columns([header] + lines.sorted { $0.path < $1.path }.map { $0.cells })
  }
}

extension ListedRun {
  fileprivate var cells: [String] {
    let text = best.map { best in
      "\(best.name) \(Formatting.significant(best.value)) at step \(best.step)"
    }
    return [
      path, state.rawValue, Self.place(steps, of: lastStep), Self.place(epoch, of: lastEpoch),
      text ?? "–", Formatting.age(age),
    ]
  }

  private static func place(_ reached: Int, of last: Int?) -> String {
    last.map { "\(reached)/\($0)" } ?? "\(reached)"
  }
}

extension RunList.Sweep {
  fileprivate var cells: [String] {
    let ended = trials.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    let state = "sweep: \(ended.isEmpty ? "no trial has ended" : ended.joined(separator: ", "))"
    return [path, state, "–", "–", "–", Formatting.age(age)]
  }
}
