import Recurrent

extension ExportedModel {
  /// The same function of the data's units with nothing around the network, for formats that have no
  /// place for a normalisation:
  ///
  ///     W′ = W/s, b′ = b − W·(c/s) in the first layer        W′ = s·W, b′ = s·b + c in the readout
  ///
  /// With a skip, s·x = input − c only where the input's scale is the output's.
  ///
  /// - Throws: `ExportError.unsuitable` if there is a skip between different scales.
  package func folded() throws(ExportError) -> ExportedModel {
    var result = self
    if skipsInput {
      for (input, output) in zip(inputs, outputs) where input.scale != output.scale {
        throw .unsuitable(
          "model.skip adds \(input.name) to \(output.name), which are normalised by different scales, and "
            + "this format has no place for that; train with data.normalize: none, or export to onnx "
            + "or c")
      }
    }
    result.foldInputs()
    result.foldOutputs()
    return result
  }

  private mutating func foldInputs() {
    for row in 0..<layers[0].inputWeight.rows {
      var bias = Double(layers[0].inputBias[row])
      for (column, input) in inputs.enumerated() {
        let weight = Double(layers[0].inputWeight[row, column]) / Double(input.scale)
        bias -= weight * Double(input.center)
        layers[0].inputWeight[row, column] = Float(weight)
      }
      layers[0].inputBias[row] = Float(bias)
    }
  }

  private mutating func foldOutputs() {
    for (row, output) in outputs.enumerated() {
      let scale = Double(output.scale)
      for column in 0..<hidden {
        readout[row, column] = Float(scale * Double(readout[row, column]))
      }
      let skipped = skipsInput ? Double(inputs[row].center) : 0
      readoutBias[row] = Float(
        scale * Double(readoutBias[row]) + Double(output.center) - skipped)
    }
    inputs = inputs.map { Column(name: $0.name, center: 0, scale: 1) }
    outputs = outputs.map { Column(name: $0.name, center: 0, scale: 1) }
  }
}
