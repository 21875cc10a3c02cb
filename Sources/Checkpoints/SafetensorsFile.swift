import Files

/// A safetensors file open for reading: mapped, with its header parsed and checked.
package final class SafetensorsFile: Sendable {
  /// The file.
  package let path: String
  /// The tensors in the order of their data.
  package let tensors: [TensorDescription]
  /// Free text, key by key.
  package let metadata: [String: String]

  private let file: MappedFile
  private let dataStart: Int
  private let tensorsByName: [String: TensorDescription]

  /// Opens a file and checks its header in full; the data itself is not touched.
  ///
  /// - Throws: `CheckpointError` naming the file and what is wrong with it.
  package init(path: String) throws(CheckpointError) {
    let file = try CheckpointDisk.map(path)
    let size = file.bytes.count
    guard size >= 8 else {
      throw CheckpointError(
        path: path, problem: "has \(size) bytes, a safetensors file has at least 8")
    }
    let length = file.bytes.loadUnaligned(as: UInt64.self).littleEndian
    guard length <= UInt64(SafetensorsHeader.lengthLimit), length <= UInt64(size - 8) else {
      throw CheckpointError(
        path: path,
        problem: "gives its header \(length) bytes, but only \(size - 8) follow: it is cut short "
          + "or no safetensors file")
    }
    dataStart = 8 + Int(length)
    let header = try SafetensorsHeader(
      json: Array(file.bytes[8..<dataStart]), dataByteCount: size - dataStart, path: path)
    self.path = path
    self.file = file
    tensors = header.tensors
    metadata = header.metadata
    tensorsByName = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
  }

  /// Whether there is a tensor of this name.
  package func contains(_ name: String) -> Bool {
    tensorsByName[name] != nil
  }

  /// The description of a tensor.
  ///
  /// - Throws: `CheckpointError` if there is none of this name.
  package func tensor(_ name: String) throws(CheckpointError) -> TensorDescription {
    guard let tensor = tensorsByName[name] else {
      throw CheckpointError(path: path, problem: "has no tensor \(name)")
    }
    return tensor
  }

  /// Calls `body` with a tensor's bytes, which may not be aligned and are valid in `body` only.
  ///
  /// - Throws: `CheckpointError` if there is none of this name.
  package func withBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(CheckpointError) -> Result {
    let range = try tensor(name).byteRange
    return body(
      UnsafeRawBufferPointer(
        rebasing: file.bytes[dataStart + range.lowerBound..<dataStart + range.upperBound]))
  }
}
