import CKernels
import Foundation
import Testing

/// The kernels of the losses of classes and labels against their definitions in double precision.
struct LossKernelTests {
  static let sizes = [(rows: 1, width: 1), (3, 2), (4, 15), (5, 16), (3, 65), (2, 1000)]

  private func weights(_ rows: Int) -> [Float] {
    (0..<rows).map { [1, 0, 0.5, 2, 1][$0 % 5] }
  }

  @Test(arguments: Variant.supported)
  func crossEntropy(_ variant: Variant) {
    for (rows, width) in Self.sizes {
      let outputs = uniform(rows * width, stream: 61, range: 6)
      let targets = integers(rows, below: width, stream: 62)
      let weights = weights(rows)
      let got = variant.crossEntropy(outputs, targets, weights)
      for row in 0..<rows {
        let places = row * width..<(row + 1) * width
        let values = outputs[places].map(Double.init)
        let largest = values.max() ?? 0
        let total = values.reduce(0) { $0 + exp($1 - largest) }
        let target = Int(targets[row])
        let expected = values.enumerated().map { index, value in
          let probability = exp(value - largest) / total
          return (probability - (index == target ? 1 : 0)) * Double(weights[row])
        }
        // A sum of `width` exponentials, each within 1.5 units in the last place.
        let rounding = Double(width / 4 + 8) * 0x1p-24
        #expect(abs(got.losses[row] - (log(total) + largest - values[target])) <= rounding + 1e-6)
        #expect(got.hits[row] == (values[target] == largest ? 1 : 0))
        #expect(
          firstDifference(Array(got.gradients[places]), expected) { _ in 2 * rounding } == nil)
      }
    }
  }

  @Test(arguments: Variant.supported)
  func crossEntropyOfHugeOutputsIsFinite(_ variant: Variant) {
    let got = variant.crossEntropy([1e4, -1e4, 0, 3e4, 3e4, -3e4], [1, 0], [1, 1])
    #expect(got.losses[0] == 2e4)
    #expect(abs(got.losses[1] - log(2)) < 1e-6)
    #expect(got.gradients.allSatisfy { $0.isFinite })
    #expect(abs(got.gradients[0] - 1) < 1e-6 && got.gradients[1] == -1)
  }

  /// A NaN anywhere in a row must reach the loss, or training would go on with it.
  @Test(arguments: Variant.supported)
  func crossEntropyOfNaNIsNaN(_ variant: Variant) {
    for place in 0..<5 {
      for target in 0..<5 {
        var outputs: [Float] = [0.5, 1, -1, 2, 0]
        outputs[place] = .nan
        #expect(variant.crossEntropy(outputs, [Int32(target)], [1]).losses[0].isNaN)
      }
    }
  }

  @Test(arguments: Variant.supported)
  func binaryCrossEntropy(_ variant: Variant) {
    for (rows, width) in Self.sizes {
      var outputs = uniform(rows * width, stream: 65, range: 5)
      outputs[0] = 80
      let labels = uniform(rows * width, stream: 66).map { $0 > 0 ? Float(1) : 0 }
      let weights = weights(rows)
      var gradients = outputs
      var losses = [Double](repeating: 0, count: rows)
      var hits = [UInt8](repeating: 9, count: rows)
      variant.kernels.binary_cross_entropy(
        rows, width, &gradients, labels, weights, &losses, &hits)
      let terms = zip(outputs, labels).map { output, label in
        let x = Double(output)
        return label > 0 ? log1p(exp(-x)) : x + log1p(exp(-x))
      }
      let right = zip(outputs, labels).map { ($0 > 0) == ($1 > 0) }
      for row in 0..<rows {
        let places = row * width..<(row + 1) * width
        let expected = terms[places].reduce(0, +)
        // A term is within some roundings, and each sum rounds once more.
        #expect(abs(losses[row] - expected) <= Double(width + 8) * 0x1p-24 * expected)
        #expect(hits[row] == (right[places].allSatisfy { $0 } ? 1 : 0))
      }
      let expected = outputs.indices.map {
        (1 / (1 + exp(-Double(outputs[$0]))) - Double(labels[$0])) * Double(weights[$0 / width])
      }
      #expect(firstDifference(gradients, expected) { 8 * 0x1p-24 * abs(expected[$0]) } == nil)
    }
  }

  /// Also one in the last lanes, and one whose output is certain.
  @Test(arguments: Variant.supported)
  func binaryCrossEntropyOfNaNIsNaN(_ variant: Variant) {
    for place in [0, 5, 36] {
      for label in [Float(0), 1] {
        var outputs = uniform(37, stream: 67, range: 90)
        outputs[place] = .nan
        let labels = [Float](repeating: label, count: 37)
        var losses = [0.0]
        var hits: [UInt8] = [9]
        variant.kernels.binary_cross_entropy(1, 37, &outputs, labels, [1], &losses, &hits)
        #expect(losses[0].isNaN)
      }
    }
  }
}

extension Variant {
  fileprivate func crossEntropy(
    _ outputs: [Float], _ targets: [Int32], _ weights: [Float]
  ) -> (gradients: [Float], losses: [Double], hits: [UInt8]) {
    var gradients = outputs
    var losses = [Double](repeating: 0, count: targets.count)
    var hits = [UInt8](repeating: 9, count: targets.count)
    kernels.softmax_cross_entropy(
      targets.count, outputs.count / targets.count, &gradients, targets, weights, &losses, &hits)
    return (gradients, losses, hits)
  }
}
