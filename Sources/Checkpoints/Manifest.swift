import Files
import Foundation

/// The list of a checkpoint's files, written last: a folder with a manifest that all its files
/// match is complete.
package struct Manifest: Codable, Sendable, Equatable {
  /// One file of the checkpoint.
  package struct File: Codable, Sendable, Equatable {
    /// The name within the folder.
    package let name: String
    /// The size.
    package let bytes: Int
    /// The SHA-256 of the contents, in lower-case hexadecimal digits.
    package let sha256: String
  }

  /// The name of the manifest's own file.
  package static let name = "checkpoint.json"
  /// What tells the file apart from other JSON.
  private static let format = "unfold-checkpoint"
  /// The version that this code writes and reads.
  private static let currentVersion = 1

  private let format: String
  private let version: Int
  /// The number of updates made before the checkpoint.
  package let step: Int
  /// The other files, in the order in which they were written.
  package let files: [File]
  /// The SHA-256 over all of the above, so that a flipped bit here is found too.
  private let sha256: String

  init(step: Int, files: [File]) {
    format = Self.format
    version = Self.currentVersion
    self.step = step
    self.files = files
    sha256 = Self.digest(step: step, files: files)
  }

  private static func digest(step: Int, files: [File]) -> String {
    let lines = ["\(format) \(currentVersion) \(step)"]
    let text = (lines + files.map { "\($0.name) \($0.bytes) \($0.sha256)" }).joined(separator: "\n")
    return SHA256.digest(of: text.utf8).hexadecimal
  }

  /// The manifest's text.
  func encoded() -> [UInt8] {
    // Without an end of line: every byte counts, so that a flipped one is found.
    Array(JSON.pretty(self).utf8.dropLast())
  }

  /// Reads a folder's manifest.
  ///
  /// - Throws: `CheckpointError` if there is none, or it is damaged or of another version.
  init(folder: String) throws(CheckpointError) {
    let path = "\(folder)/\(Self.name)"
    let data: [UInt8]
    do throws(FileError) {
      data = try TextFile.bytes(of: path)
    } catch {
      guard error.code == ENOENT else { throw CheckpointError(error) }
      throw CheckpointError(path: folder, problem: "is incomplete: it has no \(Self.name)")
    }
    guard let manifest = JSON.value(Manifest.self, from: data),
      manifest.format == Self.format, manifest.step >= 0
    else { throw CheckpointError(path: path, problem: "is damaged: not a checkpoint's manifest") }
    guard manifest.version == Self.currentVersion else {
      throw CheckpointError(
        path: path,
        problem: "has format version \(manifest.version), expected \(Self.currentVersion): "
          + "another version of Unfold wrote it")
    }
    guard manifest.sha256 == Self.digest(step: manifest.step, files: manifest.files) else {
      throw CheckpointError(path: path, problem: "is damaged: its own SHA-256 differs")
    }
    self = manifest
  }

  /// Compares every file of the folder with its size and SHA-256.
  ///
  /// - Throws: `CheckpointError` naming the first file that is missing, cut short or damaged.
  func verify(folder: String) throws(CheckpointError) {
    for file in files {
      let path = "\(folder)/\(file.name)"
      let mapped = try CheckpointDisk.map(path)
      guard mapped.bytes.count == file.bytes else {
        throw CheckpointError(
          path: path, problem: "has \(mapped.bytes.count) bytes, expected \(file.bytes)")
      }
      var hash = SHA256()
      hash.update(mapped.bytes)
      guard hash.hexadecimal == file.sha256 else {
        throw CheckpointError(path: path, problem: "is damaged: its SHA-256 differs")
      }
    }
  }
}
