import CKernels
import Foundation
import Storage

/// Writes a network's initial weights; each number is keyed by seed, parameter and element, so the
/// layout of ranks has no part in them.
struct InitialWeights {
  let seed: UInt64
  let description: NetworkDescription
  let cell: any RecurrentCell.Type
  let parameters: NetworkParameters

  func write(to arena: FloatPointer) {
    let initialization = description.initialization
    for (index, parameter) in parameters.layout.parameters.enumerated() {
      let values = arena + parameter.offset
      if initialization.uniformRange == nil, parameter == parameters.embedding {
        standardNormal(stream: UInt32(index), values, count: parameter.count)
      } else {
        let range = initialization.uniformRange ?? 1 / Float(description.hidden).squareRoot()
        unfold_uniform_fill(
          seed, UNFOLD_PURPOSE_INITIALIZATION, UInt32(index), range, values, parameter.count)
      }
    }
    for (index, layer) in parameters.layers.enumerated() {
      if initialization.orthogonalRecurrent { makeOrthogonal(layer, layerIndex: index, arena) }
      if let bias = initialization.forgetBias { setForgetBias(bias, of: layer, arena) }
    }
  }

  /// Box and Muller's transform of two uniform numbers.
  private func standardNormal(stream: UInt32, _ values: FloatPointer, count: Int) {
    for pair in 0..<(count + 1) / 2 {
      var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
      withUnsafeMutableBytes(of: &words) { bytes in
        guard let out = bytes.bindMemory(to: UInt32.self).baseAddress else { return }
        unfold_philox(
          seed, UInt32(truncatingIfNeeded: pair), UInt32(pair >> 32), stream,
          UNFOLD_PURPOSE_INITIALIZATION.rawValue, out)
      }
      let radius = (-2 * log((Double(words.0) + 1) * 0x1p-32)).squareRoot()
      let angle = 2 * Double.pi * Double(words.1) * 0x1p-32
      values[2 * pair] = Float(radius * cos(angle))
      if 2 * pair + 1 < count { values[2 * pair + 1] = Float(radius * sin(angle)) }
    }
  }

  /// Gram and Schmidt's process, in double precision, on the rows of a normal matrix of each gate.
  private func makeOrthogonal(
    _ layer: NetworkParameters.Layer, layerIndex: Int, _ arena: FloatPointer
  ) {
    let hidden = description.hidden
    // Streams beyond those of the parameters themselves.
    let stream = UInt32(parameters.layout.parameters.count + layerIndex)
    let weights = arena + layer.hiddenWeight.offset
    standardNormal(stream: stream, weights, count: layer.hiddenWeight.count)
    for gate in 0..<cell.gateCount {
      let matrix = weights + gate * hidden * hidden
      var rows = (0..<hidden).map { row in (0..<hidden).map { Double(matrix[row * hidden + $0]) } }
      for row in 0..<hidden {
        for earlier in 0..<row {
          let overlap = zip(rows[row], rows[earlier]).reduce(0) { $0 + $1.0 * $1.1 }
          for column in 0..<hidden { rows[row][column] -= overlap * rows[earlier][column] }
        }
        let length = rows[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
        for column in 0..<hidden {
          rows[row][column] /= length
          matrix[row * hidden + column] = Float(rows[row][column])
        }
      }
    }
  }

  private func setForgetBias(
    _ bias: Float, of layer: NetworkParameters.Layer, _ arena: FloatPointer
  ) {
    guard let gate = cell.forgetGate else { return }
    let hidden = description.hidden
    for unit in gate * hidden..<(gate + 1) * hidden {
      arena[layer.inputBias.offset + unit] = bias
      arena[layer.hiddenBias.offset + unit] = 0
    }
  }
}
