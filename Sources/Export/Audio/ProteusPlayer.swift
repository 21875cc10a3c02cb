import Foundation

/// Computes what a file of GuitarML's and AIDA's tools says, time step by time step, in doubles and without
/// any of the code that wrote it.
struct ProteusPlayer {
  private let file: ProteusFile
  private var hidden: [[Double]]  // [layers][H]
  private var memory: [[Double]]  // [layers][H]

  init(_ file: ProteusFile) {
    self.file = file
    let zeros = [Double](repeating: 0, count: file.model.hiddenSize)
    hidden = [[Double]](repeating: zeros, count: file.model.layers)
    memory = hidden
  }

  mutating func step(_ input: [Double]) -> [Double] {
    var values = input
    for layer in 0..<file.model.layers {
      let inputSums = sums("rec.weight_ih_l\(layer)", "rec.bias_ih_l\(layer)", values)
      let stateSums = sums("rec.weight_hh_l\(layer)", "rec.bias_hh_l\(layer)", hidden[layer])
      if file.model.unitType == "GRU" {
        gru(layer, inputSums, stateSums)
      } else {
        lstm(layer, zip(inputSums, stateSums).map { $0 + $1 })
      }
      values = hidden[layer]
    }
    values = sums("lin.weight", "lin.bias", values)
    for output in 0..<file.model.skip { values[output] += input[output] }
    return values
  }

  /// Gates i, f, g, o.
  private mutating func lstm(_ layer: Int, _ sums: [Double]) {
    let width = file.model.hiddenSize
    for unit in 0..<width {
      let (i, f) = (sigmoid(sums[unit]), sigmoid(sums[width + unit]))
      let (g, o) = (tanh(sums[2 * width + unit]), sigmoid(sums[3 * width + unit]))
      memory[layer][unit] = f * memory[layer][unit] + i * g
      hidden[layer][unit] = o * tanh(memory[layer][unit])
    }
  }

  /// Gates r, z, n.
  private mutating func gru(_ layer: Int, _ inputSums: [Double], _ stateSums: [Double]) {
    let width = file.model.hiddenSize
    for unit in 0..<width {
      let r = sigmoid(inputSums[unit] + stateSums[unit])
      let z = sigmoid(inputSums[width + unit] + stateSums[width + unit])
      let n = tanh(inputSums[2 * width + unit] + r * stateSums[2 * width + unit])
      hidden[layer][unit] = (1 - z) * n + z * hidden[layer][unit]
    }
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// W·x + b.
  private func sums(_ weight: String, _ bias: String, _ input: [Double]) -> [Double] {
    let rows = file.weights[weight]?.rows ?? []
    let biases = file.weights[bias]?.rows.first ?? []
    return zip(rows, biases).map { row, bias in
      zip(row, input).reduce(bias) { $0 + $1.0 * $1.1 }
    }
  }
}
