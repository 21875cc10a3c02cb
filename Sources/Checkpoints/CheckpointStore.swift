import Files
import Foundation

/// The folder `checkpoints` of a run: `step-N` for each kept step, and `best`.
///
/// A checkpoint is written under a hidden temporary name, flushed and then renamed, so that at every
/// moment what was complete before is still there. One process writes; any number may read.
package struct CheckpointStore: Sendable {
  /// The folder.
  package let directory: String
  let disk: CheckpointDisk

  /// Describes the folder, which need not exist yet.
  package init(directory: String, system: FileSystem = FileSystem()) {
    self.directory = directory
    disk = CheckpointDisk(system: system)
  }

  /// How far the disk has come with what is written and read here.
  package var progress: DiskProgress { disk.system.progress }

  /// Creates the folder, brings back what an interrupted replacement had put aside, and removes
  /// what interrupted writes and removals left over. Call it once, before the first ``write``.
  ///
  /// - Throws: `CheckpointError` if the folder cannot be created or cleaned.
  package func prepare() throws(CheckpointError) {
    try disk.createFolders(directory)
    for entry in entries() {
      guard let temporary = TemporaryName(entry) else { continue }
      if temporary.purpose == .replaced, !disk.exists(path(temporary.name)) {
        try disk.rename(path(entry), to: path(temporary.name))
      } else {
        try disk.remove(path(entry))
      }
    }
  }

  /// Finds out whether the folder takes a file: a full disk may take a name, but no bytes. Nothing of it
  /// remains; after a kill ``prepare()`` removes it.
  ///
  /// - Throws: `CheckpointError` with the folder's path if it does not.
  package func requireRoom() throws(CheckpointError) {
    let trial = path(TemporaryName(Self.bestName, .partial).entry)
    do throws(CheckpointError) {
      if disk.exists(trial) { try disk.remove(trial) }
      var file = try HashedFile(path: trial, disk: disk)
      try file.write([UInt8](repeating: 1, count: 1 << 14))
      _ = try file.finish(name: trial)
    } catch {
      try? disk.remove(trial)
      throw CheckpointError(path: directory, problem: error.problem)
    }
    try disk.remove(trial)
  }

  /// Writes a checkpoint; an earlier one of the same step is replaced.
  ///
  /// - Parameters:
  ///   - step: The number of updates made so far.
  ///   - body: Writes the files.
  /// - Returns: The checkpoint's folder.
  /// - Throws: `CheckpointError` if the disk is full or fails; then nothing of this checkpoint
  ///   remains, and all others are untouched.
  @discardableResult
  package func write(
    step: Int, _ body: (inout CheckpointWriter) throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> String {
    try publish(Self.name(step: step)) { folder throws(CheckpointError) in
      var writer = CheckpointWriter(folder: folder, disk: disk)
      try body(&writer)
      try writer.finish(step: step)
    }
  }

  /// Makes `best` the checkpoint of `step`: the same files under second names where the file system
  /// has hard links, else copies.
  ///
  /// - Throws: `CheckpointError` if there is no such step or the disk is full or fails; then the
  ///   earlier `best` is untouched.
  package func markBest(step: Int) throws(CheckpointError) {
    let source = path(Self.name(step: step))
    let names = try Manifest(folder: source).files.map(\.name) + [Manifest.name]
    try publish(Self.bestName) { folder throws(CheckpointError) in
      for name in names where try !disk.link("\(source)/\(name)", to: "\(folder)/\(name)") {
        let original = try CheckpointDisk.map("\(source)/\(name)")
        var copy = try HashedFile(path: "\(folder)/\(name)", disk: disk)
        try copy.write(original.bytes)
        _ = try copy.finish(name: name)
      }
      try disk.synchronizeFolder(folder)
    }
  }

  /// Removes all but the newest `keep` of the checkpoints up to `step`. Later ones, which a resumed
  /// run found damaged and will replace, neither count nor are touched; nor is `best`.
  ///
  /// - Throws: `CheckpointError` if a folder cannot be removed.
  package func retain(keep: Int, upTo step: Int) throws(CheckpointError) {
    precondition(keep >= 1, "keep must be at least 1, got \(keep)")
    for old in steps().filter({ $0 <= step }).dropLast(keep) {
      // Renamed first, so that a kill never leaves half a folder under a checkpoint's name.
      let name = Self.name(step: old)
      let removed = path(TemporaryName(name, .removed).entry)
      try disk.rename(path(name), to: removed)
      try disk.remove(removed)
    }
  }

  /// The steps that have a folder, complete or not, in rising order.
  package func steps() -> [Int] {
    Set(entries().compactMap(Self.step(of:))).sorted()
  }

  /// Fills a folder aside and gives it its name when it is complete.
  @discardableResult
  private func publish(
    _ name: String, _ fill: (String) throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> String {
    let partial = path(TemporaryName(name, .partial).entry)
    if disk.exists(partial) { try disk.remove(partial) }
    do throws(CheckpointError) {
      try disk.createFolders(partial)
      try fill(partial)
      try replace(name, with: partial)
    } catch {
      try? disk.remove(partial)
      throw error
    }
    return path(name)
  }

  /// Gives `partial` the name `name`. No portable call swaps two folders, so an existing one is put
  /// aside in between, where readers look for it too and ``prepare()`` brings it back.
  private func replace(_ name: String, with partial: String) throws(CheckpointError) {
    let final = path(name)
    guard disk.exists(final) else {
      try disk.rename(partial, to: final)
      return try disk.synchronizeFolder(directory)
    }
    let aside = path(TemporaryName(name, .replaced).entry)
    if disk.exists(aside) { try disk.remove(aside) }
    try disk.rename(final, to: aside)
    do throws(CheckpointError) {
      try disk.rename(partial, to: final)
    } catch {
      try? disk.rename(aside, to: final)
      throw error
    }
    try disk.synchronizeFolder(directory)
    try disk.remove(aside)
  }
}
