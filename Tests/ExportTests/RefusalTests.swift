import Export
import Foundation
import TestSupport
import Testing
import Training

/// What a format cannot hold is refused in one line that names it.
struct RefusalTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  @Test(arguments: [
    (Sample.signal, "cell: gru", ExportKind.nam, "nam: knows the cell lstm"),
    (
      Sample.plain, "cell: lstm", ExportKind.nam,
      "nam: has one input and one output, the model has 2 and 3"
    ),
    (Sample.skip, "cell: lstm", ExportKind.nam, "nam: has no place for model.skip"),
    (
      Sample.text, "cell: lstm", ExportKind.nam,
      "nam: reads vectors, the model's inputs are symbols"
    ),
    (Sample.text, "cell: lstm", ExportKind.rtneural, "rtneural: reads vectors"),
    (Sample.signal, "cell: elman", ExportKind.rtneural, "rtneural: knows the cell gru and lstm"),
    (Sample.signal, "cell: elman", ExportKind.proteus, "proteus: knows the cell gru and lstm"),
    (
      Sample.labels, "cell: lstm", ExportKind.proteus,
      "proteus: writes signals, the model's outputs are labels"
    ),
    (Sample.quantiles, "cell: lstm", ExportKind.proteus, "the model's outputs are quantiles"),
  ])
  func wrongCombinations(sample: Sample, cell: String, kind: ExportKind, words: String) throws {
    let model = try sample.train(cell: cell, in: folder)
    let error = #expect(throws: ExportError.self) {
      _ = try ModelExport(kind, to: folder("a")).write(model, checks: false)
    }
    let message = try #require(error).description
    #expect(message.contains(words) && !message.contains("\n"), "\(message)")
    #expect(!FileManager.default.fileExists(atPath: folder("a")), "nothing must be written")
  }

  /// x/s of one scale cannot be added to y of another by weights alone.
  @Test func aSkipBetweenUnitsIsRefused() throws {
    var exported = try ExportedModel(try Sample.skip.train(in: folder), name: "a")
    let weights = exported.layers[0].inputWeight.values
    #expect(try exported.folded().layers[0].inputWeight.values == weights)
    exported.inputs[0].scale = 2
    let error = #expect(throws: ExportError.self) { try exported.folded() }
    #expect(try #require(error).description.contains("normalize: none"))
    exported.outputs[0].scale = 2
    #expect(try exported.folded().layers[0].inputWeight.values == weights.map { $0 / 2 })
  }
}
