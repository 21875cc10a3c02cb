import Files
import Foundation

/// The folder for files that are read, and the file that holds the input that is being read.
final class Scratch {
  let path: String
  private let current: Int32

  struct Failure: Error, CustomStringConvertible { let description: String }

  /// Makes the folder.
  init(path: String) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    current = open("\(path)/current", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard current >= 0 else { throw Failure(description: "cannot write \(path)/current") }
  }

  deinit { close(current) }

  /// Writes down what is about to be read.
  func note(_ input: [UInt8], title: String) {
    let bytes = Array("\(title)\n".utf8) + input
    pwrite(current, bytes, bytes.count, 0)
    ftruncate(current, bytes.count)
  }

  /// Writes a file and returns its path.
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = "\(path)/\(name)"
    try write(bytes, at: file)
    return file
  }

  /// Writes a file.
  func write(_ bytes: [UInt8], at file: String) throws {
    let descriptor = try Descriptor(file, O_WRONLY | O_CREAT | O_TRUNC)
    try bytes.withUnsafeBytes { try descriptor.write($0) }
  }

  /// Makes a folder that is empty.
  func emptyFolder(_ name: String) throws -> String {
    let folder = "\(path)/\(name)"
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }
}
