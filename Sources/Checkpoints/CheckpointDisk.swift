import Files

/// The calls that write and read checkpoints, whose failure is a checkpoint's.
package struct CheckpointDisk: Sendable {
  let system: FileSystem

  package init(system: FileSystem) { self.system = system }

  func createFolders(_ path: String) throws(CheckpointError) {
    do { try system.createFolders(path) } catch { throw CheckpointError(error) }
  }

  func synchronizeFolder(_ path: String) throws(CheckpointError) {
    do { try system.synchronizeFolder(path) } catch { throw CheckpointError(error) }
  }

  func rename(_ old: String, to new: String) throws(CheckpointError) {
    do { try system.rename(old, to: new) } catch { throw CheckpointError(error) }
  }

  func link(_ old: String, to new: String) throws(CheckpointError) -> Bool {
    do { return try system.link(old, to: new) } catch { throw CheckpointError(error) }
  }

  func remove(_ path: String) throws(CheckpointError) {
    do { try system.remove(path) } catch { throw CheckpointError(error) }
  }

  func exists(_ path: String) -> Bool { system.exists(path) }

  static func map(_ path: String) throws(CheckpointError) -> MappedFile {
    do { return try MappedFile(path: path) } catch { throw CheckpointError(error) }
  }
}
