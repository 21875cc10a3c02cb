import Checkpoints
import Foundation

/// Weights by path: a checkpoint, a run's folder, a folder with `model.safetensors`, or a file.
enum WeightsSource {
  /// The safetensors file behind `path`.
  ///
  /// - Throws: `CheckpointError` if there is none or it is damaged.
  static func open(_ path: String) throws -> SafetensorsFile {
    if let folder = bareFolder(path) {
      return try SafetensorsFile(path: "\(folder)/\(CheckpointFile.model)")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
      return try SafetensorsFile(path: path)
    }
    return try Checkpoint.open(path).checkpoint.tensors(CheckpointFile.model)
  }

  /// The path, if it is a folder of weights that Unfold did not write as a checkpoint.
  static func bareFolder(_ path: String) -> String? {
    let manager = FileManager.default
    let hasModel = manager.fileExists(atPath: "\(path)/\(CheckpointFile.model)")
    let isCheckpoint = manager.fileExists(atPath: "\(path)/\(Manifest.name)")
    return hasModel && !isCheckpoint ? path : nil
  }
}
