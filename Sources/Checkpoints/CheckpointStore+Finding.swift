import Foundation

extension CheckpointStore {
  /// A checkpoint that was found, and what was passed over on the way.
  package struct Found: Sendable {
    /// The checkpoint; `nil` if none is complete.
    package let checkpoint: Checkpoint?
    /// One line for each newer one that is incomplete or damaged.
    package let warnings: [String]
  }

  /// The complete checkpoint with the highest step.
  package func newestComplete() -> Found {
    var warnings: [String] = []
    for (_, name) in candidates() {
      do throws(CheckpointError) {
        return Found(checkpoint: try Checkpoint(folder: path(name)), warnings: warnings)
      } catch {
        warnings.append("skipped a checkpoint that is not whole: \(error)")
      }
    }
    return Found(checkpoint: nil, warnings: warnings)
  }

  /// The folders that may hold a step's checkpoint, the newest step first; one that an interrupted
  /// replacement put aside comes after that which has its name.
  private func candidates() -> [(step: Int, name: String)] {
    let aside = entries().compactMap(TemporaryName.init).filter { $0.purpose == .replaced }
    let hidden = aside.compactMap { temporary in
      Self.step(of: temporary.name).map { (step: $0, name: temporary.entry) }
    }
    let plain = steps().map { (step: $0, name: Self.name(step: $0)) }
    // Swift's sort is stable, so a plain name stays before a hidden one of the same step.
    return (plain + hidden).sorted { $0.step > $1.step }
  }
}

extension Checkpoint {
  /// Opens what a user calls a checkpoint: its own folder, a run's folder or its folder
  /// `checkpoints`; of the latter two the newest complete one.
  ///
  /// - Returns: The checkpoint, and a line for each newer one that was passed over.
  /// - Throws: `CheckpointError` if there is no complete one.
  package static func open(
    _ path: String
  ) throws(CheckpointError) -> (checkpoint: Checkpoint, warnings: [String]) {
    var isFolder: ObjCBool = false
    let manager = FileManager.default
    guard manager.fileExists(atPath: path, isDirectory: &isFolder) else {
      if let aside = putAside(path) { return (try Checkpoint(folder: aside), []) }
      throw CheckpointError(path: path, problem: "no such checkpoint or run folder")
    }
    guard isFolder.boolValue else {
      throw CheckpointError(path: path, problem: "is a file; give the checkpoint's folder")
    }
    if manager.fileExists(atPath: "\(path)/\(Manifest.name)") {
      return (try Checkpoint(folder: path), [])
    }
    let isRun = manager.fileExists(atPath: "\(path)/checkpoints")
    let store = CheckpointStore(directory: isRun ? "\(path)/checkpoints" : path)
    let found = store.newestComplete()
    guard let checkpoint = found.checkpoint else {
      let reasons = found.warnings.isEmpty ? "" : ": \(found.warnings.joined(separator: "; "))"
      throw CheckpointError(path: path, problem: "holds no complete checkpoint\(reasons)")
    }
    return (checkpoint, found.warnings)
  }

  /// Where an interrupted replacement has put the checkpoint `path`, if one has.
  private static func putAside(_ path: String) -> String? {
    let url = URL(fileURLWithPath: path)
    let store = CheckpointStore(directory: url.deletingLastPathComponent().path)
    let entry = store.entries().first { entry in
      let temporary = CheckpointStore.TemporaryName(entry)
      return temporary?.purpose == .replaced && temporary?.name == url.lastPathComponent
    }
    return entry.map(store.path)
  }
}
