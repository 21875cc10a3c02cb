import Files
import Foundation

/// A reader of an exported file that is a Python package.
///
/// Its program finds the paths of the file and of its test vector in `sys.argv`, prints the largest
/// difference of an output, and ends with 77 where the package is not there.
struct PythonReader {
  let program: String
  /// What must be there, for messages.
  let needs: String

  private static let lacksPackage: Int32 = 77

  /// - Throws: `ExportError.noReader`, `ExportError.unreadable`, `ChildProcess.Interrupted`.
  func difference(_ path: String) throws -> Double {
    let folder = try TemporaryFolder()
    let log = folder("errors")
    let result = try ChildProcess.run(
      ["python3", "-", path, ModelExport.vectorPath(of: path)], input: program, errorsTo: log)
    // 127 is env's, where there is no python3.
    guard result.status != Self.lacksPackage, result.status != 127 else {
      throw ExportError.noReader(path: path, needs: needs)
    }
    let words = String(decoding: result.output, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard result.status == 0, let difference = Double(words) else {
      throw ExportError.unreadable(path: path, problem: folder.lastLine(of: log))
    }
    return difference
  }
}

/// A folder for what a check needs, removed with the object.
final class TemporaryFolder {
  private let path: String

  /// - Throws: `FileError`.
  init() throws(FileError) {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-export-\(UUID().uuidString)").path
    try FileSystem().createFolders(path)
  }

  deinit { try? FileSystem().remove(path) }

  /// The path of an entry.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// The last line of a log that says anything.
  func lastLine(of log: String) -> String {
    let lines = (try? TextFile.bytes(of: log)).map { String(decoding: $0, as: UTF8.self) }
    return lines?.split(whereSeparator: \.isNewline).last.map(String.init) ?? "it says nothing"
  }
}
