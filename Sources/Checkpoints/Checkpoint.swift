import Files
import Foundation

/// A complete checkpoint open for reading.
package struct Checkpoint: Sendable {
  /// Its folder.
  package let folder: String
  /// The number of updates made before it.
  package let step: Int
  /// The names of its files.
  package let files: [String]

  /// Opens a checkpoint's own folder, comparing every file with the manifest's size and SHA-256.
  ///
  /// - Throws: `CheckpointError` naming what is missing or damaged.
  package init(folder: String) throws(CheckpointError) {
    let manifest = try Manifest(folder: folder)
    try manifest.verify(folder: folder)
    self.folder = folder
    step = manifest.step
    files = manifest.files.map(\.name)
  }

  /// Opens the safetensors file `name`.
  ///
  /// - Throws: `CheckpointError` if it is missing or not sound.
  package func tensors(_ name: String) throws(CheckpointError) -> SafetensorsFile {
    try SafetensorsFile(path: path(of: name))
  }

  /// Decodes the JSON file `name`.
  ///
  /// - Throws: `CheckpointError` if it is missing or does not hold a `Value`.
  package func json<Value: Decodable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(CheckpointError) -> Value {
    guard let value = JSON.value(type, from: try bytes(name)) else {
      throw CheckpointError(
        path: try path(of: name),
        problem: "does not hold what it should: another version of Unfold wrote it, or an editor")
    }
    return value
  }

  /// The text file `name`.
  ///
  /// - Throws: `CheckpointError` if it is missing or not UTF-8.
  package func text(_ name: String) throws(CheckpointError) -> String {
    guard let text = String(validating: try bytes(name), as: UTF8.self) else {
      throw CheckpointError(path: try path(of: name), problem: "is not valid UTF-8 text")
    }
    return text
  }

  /// The bytes of the file `name`.
  ///
  /// - Throws: `CheckpointError` if it is missing.
  package func bytes(_ name: String) throws(CheckpointError) -> [UInt8] {
    let file = try CheckpointDisk.map(path(of: name))
    return Array(file.bytes)
  }

  /// Whether the checkpoint has the file `name`.
  package func contains(_ name: String) -> Bool {
    files.contains(name)
  }

  private func path(of name: String) throws(CheckpointError) -> String {
    guard contains(name) else {
      throw CheckpointError(
        path: folder, problem: "has no \(name); it has \(files.joined(separator: ", "))")
    }
    return "\(folder)/\(name)"
  }
}
