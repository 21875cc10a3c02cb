import Checkpoints
import Files
import Foundation

/// Calls `body` with a folder of its own, which is removed afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("unfold-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// The error's line that `body` ends in, or `nil` if it succeeds.
func failure(_ body: () throws(CheckpointError) -> Void) -> String? {
  do throws(CheckpointError) {
    try body()
    return nil
  } catch {
    return error.description
  }
}

/// The bytes of a file.
func bytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// Replaces a file's bytes.
func write(_ bytes: [UInt8], to path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}

/// What a test's checkpoint holds besides tensors.
struct Progress: Codable, Equatable {
  var step: Int
  var bestLoss: Double
}

extension CheckpointStore {
  /// Writes a small checkpoint whose contents follow from `step` and `value`.
  func writeSample(step: Int, value: Float = 1) throws(CheckpointError) {
    let numbers: [Float] = [value, Float(step), -0.5]
    try write(step: step) { (writer: inout CheckpointWriter) throws(CheckpointError) in
      try numbers.withUnsafeBufferPointer { floats throws(CheckpointError) in
        try writer.tensors(
          "model.safetensors", [TensorView(name: "w", shape: [3], floats: floats)])
      }
      try writer.json("training.json", Progress(step: step, bestLoss: .infinity))
      try writer.text("config.yaml", "name: \(value)\n")
    }
  }
}

extension Checkpoint {
  /// The value that ``CheckpointStore/writeSample(step:value:)`` was given, if all files agree.
  func sampleValue() throws -> Float? {
    let numbers = try tensors("model.safetensors").floats("w")
    let progress: Progress = try json("training.json")
    guard numbers.count == 3, numbers[1] == Float(step), progress.step == step,
      progress.bestLoss == .infinity, try text("config.yaml") == "name: \(numbers[0])\n"
    else { return nil }
    return numbers[0]
  }
}

extension SafetensorsFile {
  /// Writes tensors to a file that takes the place of an earlier one.
  static func write(
    _ tensors: [TensorView], metadata: [String: String] = [:], to path: String
  ) throws {
    try? FileManager.default.removeItem(atPath: path)
    var file = try HashedFile(path: path, disk: CheckpointDisk(system: FileSystem()))
    try file.write(tensors: tensors, metadata: metadata)
    _ = try file.finish(name: path)
  }
}
