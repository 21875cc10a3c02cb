import Export
import Foundation
import TestSupport
import Testing
import Training

/// C headers, compiled as strict C99 and run.
struct CHeaderTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  @Test(arguments: allCells) func everyCell(cell: String) throws {
    let model = try Sample.plain.train(cell: cell, in: folder)
    let words = try ModelExport(.c, to: folder("a.h")).write(model, checks: true)
    #expect(words.contains("checked by its self-test"), "\(words)")
  }

  @Test(arguments: Sample.allCases) func everyKindOfDataAndLoss(sample: Sample) throws {
    let model = try sample.train(in: folder)
    let words = try ModelExport(.c, to: folder("a.h")).write(model, checks: true)
    #expect(words.contains("checked by its self-test"), "\(words)")
  }

  @Test func aChangedWeightIsSeen() throws {
    let model = try Sample.signal.train(in: folder)
    let header = folder("a.h")
    _ = try ModelExport(.c, to: header).write(model, checks: false)
    let exported = try ExportedModel(model, name: "a")
    let vector = try TestVector(model, exported)
    let text = try folder.text("a.h")
    let number = "\(exported.readout.values[0])f"
    try folder.write(text.replacing(number, with: "7.5f"), to: "a.h")
    let isChanged = try folder.text("a.h") != text
    #expect(isChanged)
    let check = try ExportKind.c.format.check(header, vector)
    #expect(check.difference > Double(vector.tolerance))
  }

  @Test func namesAreMadeIdentifiers() throws {
    #expect(CFormat.identifier("amp-40.v2") == "amp_40_v2")
    #expect(CFormat.identifier("2 pumps") == "model_2_pumps")
    let model = try Sample.plain.train(in: folder)
    _ = try ModelExport(.c, to: folder("a.h"), name: "my pump").write(model, checks: true)
    let text = try folder.text("a.h")
    for words in ["my_pump_reset(void)", "my_pump_step(const float *input, float *output)"] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(!text.contains("malloc"))
  }

  @Test func withoutTheSelfTestItIsAHeader() throws {
    let model = try Sample.text.train(in: folder)
    _ = try ModelExport(.c, to: folder("a.h")).write(model, checks: false)
    try folder.write("#include \"a.h\"\nint main(void) { a_reset(); return 0; }\n", to: "main.c")
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = [
      "cc", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", folder("main.c"), "-o",
      folder("main"), "-lm",
    ]
    try compiler.run()
    compiler.waitUntilExit()
    #expect(compiler.terminationStatus == 0)
  }
}
