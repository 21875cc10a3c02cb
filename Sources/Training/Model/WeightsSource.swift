import Checkpoints
import Foundation

/// Weights by path: a checkpoint, a run's folder, a folder with `model.safetensors`, or a file.
enum WeightsSource {
  /// The safetensors file behind `path`, and a line for each newer checkpoint that was passed over.
  ///
  /// - Throws: `CheckpointError` if there is none or it is damaged.
  static func open(_ path: String) throws -> (file: SafetensorsFile, warnings: [String]) {
    if let folder = bareFolder(path) {
      return (try SafetensorsFile(path: "\(folder)/\(CheckpointFile.model)"), [])
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
      return (try SafetensorsFile(path: path), [])
    }
    let (checkpoint, warnings) = try Checkpoint.open(path)
    return (try checkpoint.tensors(CheckpointFile.model), warnings)
  }

  /// The path, if it is a folder of weights that Unfold did not write as a checkpoint.
  static func bareFolder(_ path: String) -> String? {
    let manager = FileManager.default
    let hasModel = manager.fileExists(atPath: "\(path)/\(CheckpointFile.model)")
    let isCheckpoint = manager.fileExists(atPath: "\(path)/\(Manifest.name)")
    return hasModel && !isCheckpoint ? path : nil
  }
}
