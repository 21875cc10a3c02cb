import Files

/// One C99 header for microcontrollers and other small places: weights as constants, one state, no
/// allocation, nothing but math.h and string.h. Its self-test is the test vector.
package struct CFormat: ExportFormat {
  package static let name = "c"

  package init() {}

  package func requireSuitable(_ model: ExportedModel) throws(ExportError) {}

  package func contents(of model: ExportedModel, _ vector: TestVector) throws -> [UInt8] {
    Array(CHeader(model, vector).text.utf8)
  }

  /// Compiles the self-test and runs it.
  package func check(_ path: String, _ vector: TestVector) throws -> ExportCheck {
    let text = String(decoding: try TextFile.bytes(of: path), as: UTF8.self)
    let condition = "#ifdef "
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(condition) }) else {
      throw ExportError.unreadable(path: path, problem: "it has no self-test")
    }
    let macro = String(line.dropFirst(condition.count))
    let difference = try CompilerReader().difference(path, macro: macro)
    return ExportCheck(reader: "its self-test, compiled by cc", difference: difference)
  }

  /// A name as C allows it: letters, digits and underscores, a letter first.
  package static func identifier(_ name: String) -> String {
    let plain = String(
      name.map { character in
        character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
      })
    return plain.first?.isLetter == true ? plain : "model_\(plain)"
  }
}
