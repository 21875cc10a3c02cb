extension ExportedModel {
  /// - Throws: `ExportError.unsuitable` where inputs are symbols.
  func requireVectors(_ format: String) throws(ExportError) {
    guard let embedding else { return }
    throw .unsuitable(
      "\(format): reads vectors, the model's inputs are symbols 0 to \(embedding.rows - 1); export to onnx "
        + "or c")
  }

  /// - Throws: `ExportError.unsuitable` where the outputs are not one value for each target.
  func requireValues(_ format: String) throws(ExportError) {
    let words: String
    switch meaning {
    case .values: return
    case .classes: words = "classes"
    case .labels: words = "labels"
    case .quantiles: words = "quantiles"
    case .deviations: words = "means and deviations"
    }
    throw .unsuitable(
      "\(format): writes signals, the model's outputs are \(words); export to onnx or c")
  }

  /// - Throws: `ExportError.unsuitable` where the cell is none of `known`.
  func requireCell(_ known: [Cell], _ format: String) throws(ExportError) {
    guard !known.contains(cell) else { return }
    let names = known.map(\.rawValue).joined(separator: " and ")
    throw .unsuitable(
      "\(format): knows the cell \(names), the model's model.cell is \(cell.rawValue); export to onnx or c"
    )
  }

  /// - Throws: `ExportError.unsuitable` where the skip has more than one output.
  func requireSingleSkip(_ format: String) throws(ExportError) {
    guard skipsInput, outputs.count > 1 else { return }
    throw .unsuitable(
      "\(format): has a skip for one output, the model's model.skip has \(outputs.count); export to onnx "
        + "or c")
  }
}
