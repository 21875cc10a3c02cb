/// A file format that other programs read networks from.
package protocol ExportFormat: Sendable {
  /// What `--format` calls it.
  static var name: String { get }

  /// The time steps of zeros that the state has seen at the start; 0 is the zero state.
  func silence(before model: ExportedModel) -> Int

  /// Refuses what the format has no place for.
  ///
  /// - Throws: `ExportError.unsuitable`.
  func requireSuitable(_ model: ExportedModel) throws(ExportError)

  /// The file.
  ///
  /// - Parameters:
  ///   - model: a suitable one.
  ///   - vector: its test vector, from the start that the format has.
  /// - Throws: `ExportError.unsuitable`.
  func contents(of model: ExportedModel, _ vector: TestVector) throws -> [UInt8]

  /// Reads the file at `path` back as its users do, and runs the test vector.
  ///
  /// - Parameters:
  ///   - path: the file; the test vector lies beside it.
  ///   - vector: the test vector.
  /// - Returns: the reader, and the largest difference of an output.
  /// - Throws: `ExportError`.
  func check(_ path: String, _ vector: TestVector) throws -> ExportCheck
}

extension ExportFormat {
  package func silence(before model: ExportedModel) -> Int { 0 }
}

/// What a reader made of an exported file.
package struct ExportCheck: Sendable, Equatable {
  /// What read it.
  package let reader: String
  /// The largest difference of an output from the trained network's.
  package let difference: Double
}

/// The formats by their names on the command line.
package enum ExportKind: String, Sendable, CaseIterable {
  case onnx, rtneural, proteus, nam, c

  /// What writes it.
  package var format: any ExportFormat {
    switch self {
    case .onnx: ONNXFormat()
    case .rtneural: RTNeuralFormat()
    case .proteus: ProteusFormat()
    case .nam: NAMFormat()
    case .c: CFormat()
    }
  }
}
