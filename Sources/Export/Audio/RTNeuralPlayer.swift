import Foundation

/// Computes what RTNeural's file says, time step by time step, in doubles and without any of the code that
/// wrote it.
struct RTNeuralPlayer {
  private let file: RTNeuralFile
  private var hidden: [[Double]]  // [layers][H]
  private var memory: [[Double]]  // [layers][H]

  init(_ file: RTNeuralFile) {
    self.file = file
    hidden = file.layers.map { layer in
      [Double](repeating: 0, count: layer.shape.compactMap { $0 }.last ?? 0)
    }
    memory = hidden
  }

  mutating func step(_ input: [Double]) -> [Double] {
    var values = input
    for (index, layer) in file.layers.enumerated() {
      let weights = layer.weights.map(\.rows)
      switch layer.type {
      case "lstm":
        lstm(index, values, weights)
        values = hidden[index]
      case "gru":
        gru(index, values, weights)
        values = hidden[index]
      default:
        values = Self.add(Self.product(values, weights[0]), weights[1][0])
      }
    }
    return file.skip == 0 ? values : values.enumerated().map { $0.element + input[$0.offset] }
  }

  /// Gates i, f, c, o.
  private mutating func lstm(_ index: Int, _ input: [Double], _ weights: [[[Double]]]) {
    let sums = Self.add(
      Self.add(Self.product(input, weights[0]), Self.product(hidden[index], weights[1])),
      weights[2][0])
    let width = hidden[index].count
    for unit in 0..<width {
      let (i, f) = (Self.sigmoid(sums[unit]), Self.sigmoid(sums[width + unit]))
      let (c, o) = (tanh(sums[2 * width + unit]), Self.sigmoid(sums[3 * width + unit]))
      memory[index][unit] = f * memory[index][unit] + i * c
      hidden[index][unit] = o * tanh(memory[index][unit])
    }
  }

  /// Gates z, r, c, where reset comes after the recurrent product.
  private mutating func gru(_ index: Int, _ input: [Double], _ weights: [[[Double]]]) {
    let inputSums = Self.add(Self.product(input, weights[0]), weights[2][0])
    let stateSums = Self.add(Self.product(hidden[index], weights[1]), weights[2][1])
    let width = hidden[index].count
    for unit in 0..<width {
      let z = Self.sigmoid(inputSums[unit] + stateSums[unit])
      let r = Self.sigmoid(inputSums[width + unit] + stateSums[width + unit])
      let c = tanh(inputSums[2 * width + unit] + r * stateSums[2 * width + unit])
      hidden[index][unit] = (1 - z) * c + z * hidden[index][unit]
    }
  }

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  private static func add(_ left: [Double], _ right: [Double]) -> [Double] {
    zip(left, right).map { $0 + $1 }
  }

  /// x·W, with a row of W for each x.
  private static func product(_ input: [Double], _ weight: [[Double]]) -> [Double] {
    var sums = [Double](repeating: 0, count: weight.first?.count ?? 0)
    for (x, row) in zip(input, weight) {
      for (column, element) in row.enumerated() { sums[column] += x * element }
    }
    return sums
  }
}
