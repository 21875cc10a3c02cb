import Files

/// Writes the files of one checkpoint into its folder. ``CheckpointStore/write(step:_:)`` makes one.
package struct CheckpointWriter {
  private let folder: String
  private let disk: CheckpointDisk
  /// What has been written so far.
  private(set) var files: [Manifest.File] = []

  init(folder: String, disk: CheckpointDisk) {
    self.folder = folder
    self.disk = disk
  }

  /// Writes tensors as safetensors.
  ///
  /// - Throws: `CheckpointError` if the disk is full or fails.
  package mutating func tensors(
    _ name: String, _ tensors: [TensorView], metadata: [String: String] = [:]
  ) throws(CheckpointError) {
    var file = try create(name)
    try file.write(tensors: tensors, metadata: metadata)
    files.append(try file.finish(name: name))
  }

  /// Writes a value as JSON.
  ///
  /// - Throws: `CheckpointError` if the disk is full or fails.
  package mutating func json<Value: Encodable>(
    _ name: String, _ value: Value
  ) throws(CheckpointError) {
    try text(name, JSON.pretty(value))
  }

  /// Writes text as UTF-8.
  ///
  /// - Throws: `CheckpointError` if the disk is full or fails.
  package mutating func text(_ name: String, _ text: String) throws(CheckpointError) {
    try bytes(name, Array(text.utf8))
  }

  /// Writes bytes as they are.
  ///
  /// - Throws: `CheckpointError` if the disk is full or fails.
  package mutating func bytes(_ name: String, _ bytes: [UInt8]) throws(CheckpointError) {
    var file = try create(name)
    try file.write(bytes)
    files.append(try file.finish(name: name))
  }

  /// Writes the manifest and flushes the folder's names, which makes the checkpoint complete.
  mutating func finish(step: Int) throws(CheckpointError) {
    let manifest = Manifest(step: step, files: files)
    var file = try HashedFile(path: "\(folder)/\(Manifest.name)", disk: disk)
    try file.write(manifest.encoded())
    _ = try file.finish(name: Manifest.name)
    try disk.synchronizeFolder(folder)
  }

  private func create(_ name: String) throws(CheckpointError) -> HashedFile {
    precondition(
      !name.isEmpty && !name.contains("/") && name != Manifest.name
        && !files.contains { $0.name == name },
      "\"\(name)\" is no new plain file name beside \(files.map(\.name))")
    return try HashedFile(path: "\(folder)/\(name)", disk: disk)
  }
}
