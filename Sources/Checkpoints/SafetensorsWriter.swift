extension DurableFile {
  /// Appends a whole safetensors file: the header, then every tensor's bytes as they lie in memory.
  ///
  /// Tensors are written in the order of falling element size, and within one size in the given
  /// order, so that every element is aligned although the format allows no padding between tensors.
  mutating func write(
    tensors: [TensorView], metadata: [String: String]
  ) throws(CheckpointError) {
    let names = Set(tensors.map(\.name))
    precondition(
      names.count == tensors.count, "\(tensors.count) tensors have only \(names.count) names")
    let sizes = Set(tensors.map(\.type.byteCount)).sorted(by: >)
    let ordered = sizes.flatMap { size in tensors.filter { $0.type.byteCount == size } }
    try write(SafetensorsHeader(tensors: ordered, metadata: metadata).encoded)
    for tensor in ordered { try write(tensor.bytes) }
  }
}

extension SafetensorsFile {
  /// Writes tensors to a new file of their own, flushed to the disk. An existing file is replaced
  /// only when the new one is whole.
  ///
  /// - Throws: `CheckpointError` if the file cannot be written.
  package static func write(
    _ tensors: [TensorView], metadata: [String: String] = [:], to path: String,
    system: FileSystem = FileSystem()
  ) throws(CheckpointError) {
    let partial = "\(path).partial-\(ProcessIdentity.current)"
    if system.exists(partial) { try system.remove(partial) }
    do throws(CheckpointError) {
      var file = try DurableFile(path: partial, system: system)
      try file.write(tensors: tensors, metadata: metadata)
      _ = try file.finish(name: path)
    } catch {
      try? system.remove(partial)
      throw error
    }
    try system.rename(partial, to: path)
  }
}
