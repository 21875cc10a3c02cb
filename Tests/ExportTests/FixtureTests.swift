import Communication
import Export
import Foundation
import TestSupport
import Testing
import Training

/// The files that `Tests/Reference/make_exports.py` made, and that their own readers checked.
struct FixtureTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private static let fixtures =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Reference/exports").path

  /// A change of these bytes is one that readers see: the script checks it with them.
  @Test(arguments: [
    (ExportKind.onnx, "model.onnx"), (.rtneural, "rtneural.json"), (.proteus, "proteus.json"),
    (.nam, "model.nam"), (.c, "model.h"),
  ])
  func filesAreThoseThatReadersHaveChecked(kind: ExportKind, name: String) throws {
    let model = try TrainedModel(
      path: "\(Self.fixtures)/model",
      resources: RankResources(communicator: SoloCommunicator(), workers: 1))
    let path = folder(name)
    _ = try ModelExport(kind, to: path, name: "small").write(model, checks: false)
    for file in [name, "\(name).test.json"] {
      let expected = try Data(contentsOf: URL(fileURLWithPath: "\(Self.fixtures)/\(file)"))
      #expect(try folder.bytes(file) == [UInt8](expected), "\(file)")
    }
  }
}
