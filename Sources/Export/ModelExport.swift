import Files
import Foundation
import Training

/// One trained model, written for other programs.
package struct ModelExport {
  private let kind: ExportKind
  private let path: String
  private let name: String

  /// An export that is still to be written.
  ///
  /// - Parameters:
  ///   - kind: the format.
  ///   - path: the file; an earlier one is replaced.
  ///   - name: what the model shall be called; the file's name without its extension if nil.
  package init(_ kind: ExportKind, to path: String, name: String? = nil) {
    self.kind = kind
    self.path = path
    self.name = name ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  }

  /// Where the test vector is written.
  package var vectorPath: String { Self.vectorPath(of: path) }

  /// Where the test vector of a file lies.
  static func vectorPath(of path: String) -> String { path + ".test.json" }

  /// Writes the file and its test vector, and checks them if asked to.
  ///
  /// - Parameters:
  ///   - model: what was trained.
  ///   - checks: whether a reader of the format is to read the file back.
  /// - Returns: what was done, in a line or two.
  /// - Throws: `ExportError`, `FileError`, `ChildProcess.Interrupted`.
  package func write(_ model: TrainedModel, checks: Bool) throws -> String {
    let format = kind.format
    let exported = try ExportedModel(model, name: name)
    try format.requireSuitable(exported)
    let vector = try TestVector(model, exported, silence: format.silence(before: exported))
    try TextFile.write(format.contents(of: exported, vector), to: path)
    try TextFile.write(JSON.line(vector), to: vectorPath)
    let line = "\(path): \(exported.words); test vector: \(vectorPath)\n"
    guard checks else { return line }
    let check = try format.check(path, vector)
    guard check.difference <= Double(vector.tolerance) else {
      throw ExportError.differs(
        path: path, difference: check.difference, tolerance: vector.tolerance)
    }
    return line
      + "checked by \(check.reader): largest difference \(check.difference), allowed "
      + "\(vector.tolerance)\n"
  }
}
