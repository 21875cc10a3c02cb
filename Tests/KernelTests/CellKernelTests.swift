import CKernels
import Foundation
import Testing

/// The cells' kernels against their equations in double precision.
struct CellKernelTests {
  static let sizes = [(rows: 1, hidden: 1), (3, 7), (5, 16), (4, 33), (2, 64), (7, 45)]

  /// Each activation is within 3 units in the last place (ActivationTests); a result takes at most
  /// four of them and a few roundings, all of numbers below 4.
  static let forwardTolerance = 32 * 0x1p-24
  /// Backward takes at most eight products and sums of numbers below 4.
  static let backwardTolerance = 64 * 0x1p-24

  @Test(arguments: Variant.supported)
  func lstmForward(_ variant: Variant) {
    for (rows, hidden) in Self.sizes {
      let sums = uniform(rows * 4 * hidden, stream: 31, range: 3)
      let carried = uniform(rows * hidden, stream: 32, range: 2)
      let got = variant.lstmForward(rows: rows, hidden: hidden, sums, carried)
      for row in 0..<rows {
        for unit in 0..<hidden {
          let place = row * hidden + unit
          let sum = (0..<4).map { Double(sums[(row * 4 + $0) * hidden + unit]) }
          let (i, f, g, o) = (logistic(sum[0]), logistic(sum[1]), tanh(sum[2]), logistic(sum[3]))
          let c = f * Double(carried[place]) + i * g
          let expected = [i, f, g, o, c, tanh(c), o * tanh(c)]
          let values =
            (0..<4).map { got.gates[(row * 4 + $0) * hidden + unit] }
            + [got.memory[place], got.squashed[place], got.output[place]]
          #expect(firstDifference(values, expected) { _ in Self.forwardTolerance } == nil)
        }
      }
    }
  }

  @Test(arguments: Variant.supported)
  func lstmBackward(_ variant: Variant) {
    for (rows, hidden) in Self.sizes {
      let count = rows * hidden
      let activations = uniform(4 * count, stream: 33)
      let carried = uniform(count, stream: 34)
      let squashed = uniform(count, stream: 35)
      let (fromOutput, fromLater) = (uniform(count, stream: 36), uniform(count, stream: 37))
      let laterMemory = uniform(count, stream: 38)
      var (gates, memoryGradient) = (activations, laterMemory)
      variant.kernels.lstm_backward(
        rows, hidden, rows, &gates, carried, squashed, fromOutput, fromLater, &memoryGradient)
      for place in 0..<count {
        let (row, unit) = (place / hidden, place % hidden)
        let gate = (0..<4).map { Double(activations[(row * 4 + $0) * hidden + unit]) }
        let (i, f, g, o) = (gate[0], gate[1], gate[2], gate[3])
        let tanhC = Double(squashed[place])
        let dh = Double(fromOutput[place]) + Double(fromLater[place])
        let dc = Double(laterMemory[place]) + dh * o * (1 - tanhC * tanhC)
        let expected = [
          dc * g * i * (1 - i), dc * Double(carried[place]) * f * (1 - f), dc * i * (1 - g * g),
          dh * tanhC * o * (1 - o), dc * f,
        ]
        let values =
          (0..<4).map { gates[(row * 4 + $0) * hidden + unit] } + [memoryGradient[place]]
        #expect(firstDifference(values, expected) { _ in Self.backwardTolerance } == nil)
      }
    }
  }

  @Test(arguments: Variant.supported)
  func gruForward(_ variant: Variant) {
    for (rows, hidden) in Self.sizes {
      let sums = uniform(rows * 3 * hidden, stream: 41, range: 2)
      let recurrent = uniform(rows * 3 * hidden, stream: 42, range: 2)
      let carried = uniform(rows * hidden, stream: 43)
      var gates = sums
      var output = [Float](repeating: 0, count: rows * hidden)
      variant.kernels.gru_forward(rows, hidden, &gates, recurrent, carried, &output)
      for place in 0..<rows * hidden {
        let (row, unit) = (place / hidden, place % hidden)
        func at(_ array: [Float], _ gate: Int) -> Double {
          Double(array[(row * 3 + gate) * hidden + unit])
        }
        let r = logistic(at(sums, 0) + at(recurrent, 0))
        let z = logistic(at(sums, 1) + at(recurrent, 1))
        let n = tanh(at(sums, 2) + r * at(recurrent, 2))
        let expected = [r, z, n, (1 - z) * n + z * Double(carried[place])]
        let values = (0..<3).map { gates[(row * 3 + $0) * hidden + unit] } + [output[place]]
        #expect(firstDifference(values, expected) { _ in Self.forwardTolerance } == nil)
      }
    }
  }

  @Test(arguments: Variant.supported)
  func gruBackward(_ variant: Variant) {
    for (rows, hidden) in Self.sizes {
      let count = rows * hidden
      let activations = uniform(3 * count, stream: 44)
      let sums = uniform(3 * count, stream: 45)
      let carried = uniform(count, stream: 46)
      let (fromOutput, fromLater) = (uniform(count, stream: 47), uniform(count, stream: 48))
      var (gates, recurrent, passed) = (activations, sums, fromLater)
      variant.kernels.gru_backward(
        rows, hidden, &gates, &recurrent, carried, fromOutput, &passed)
      for place in 0..<count {
        let (row, unit) = (place / hidden, place % hidden)
        let places = (0..<3).map { (row * 3 + $0) * hidden + unit }
        let gate = places.map { Double(activations[$0]) }
        let (r, z, n) = (gate[0], gate[1], gate[2])
        let dh = Double(fromOutput[place]) + Double(fromLater[place])
        let dn = dh * (1 - z) * (1 - n * n)
        let dr = dn * Double(sums[places[2]]) * r * (1 - r)
        let dz = dh * (Double(carried[place]) - n) * z * (1 - z)
        let expected = [dr, dz, dn, dr, dz, dn * r, dh * z]
        let values = places.map { gates[$0] } + places.map { recurrent[$0] } + [passed[place]]
        #expect(firstDifference(values, expected) { _ in Self.backwardTolerance } == nil)
      }
    }
  }

  @Test(arguments: Variant.supported, [false, true])
  func elman(_ variant: Variant, rectified: Bool) {
    for (rows, hidden) in Self.sizes {
      let count = rows * hidden
      let sums = uniform(count, stream: 51, range: 3)
      let (fromOutput, fromLater) = (uniform(count, stream: 52), uniform(count, stream: 53))
      var output = [Float](repeating: 0, count: count)
      variant.kernels.elman_forward(rows, hidden, rectified, sums, &output)
      let squashed = sums.map { rectified ? max(Double($0), 0) : tanh(Double($0)) }
      #expect(firstDifference(output, squashed) { _ in Self.forwardTolerance } == nil)
      var gates = sums
      variant.kernels.elman_backward(
        rows, hidden, rectified, &gates, output, fromOutput, fromLater)
      let expected = (0..<count).map { place in
        let h = Double(output[place])
        let slope = rectified ? (h > 0 ? 1 : 0) : 1 - h * h
        return (Double(fromOutput[place]) + Double(fromLater[place])) * slope
      }
      #expect(firstDifference(gates, expected) { _ in Self.backwardTolerance } == nil)
    }
  }

  /// Were a unit's bits to depend on where its row stands, worker counts would change results.
  @Test(arguments: Variant.supported)
  func rowsDoNotDependOnTheirNeighbours(_ variant: Variant) {
    let (rows, hidden) = (5, 19)
    let sums = uniform(rows * 4 * hidden, stream: 31, range: 3)
    let carried = uniform(rows * hidden, stream: 32, range: 2)
    let whole = variant.lstmForward(rows: rows, hidden: hidden, sums, carried)
    for row in 0..<rows {
      let four = row * 4 * hidden..<(row + 1) * 4 * hidden
      let one = row * hidden..<(row + 1) * hidden
      let single = variant.lstmForward(
        rows: 1, hidden: hidden, Array(sums[four]), Array(carried[one]))
      #expect(sameBits(single.gates, Array(whole.gates[four])))
      #expect(sameBits(single.output, Array(whole.output[one])))
    }
    var (together, apart) = (sums, sums)
    let zeros = [Float](repeating: 0, count: sums.count)
    let states = uniform(sums.count, stream: 33)
    variant.kernels.elman_backward(4 * rows, hidden, false, &together, states, sums, zeros)
    variant.kernels.elman_backward(1, hidden, false, &apart, states, sums, zeros)
    #expect(sameBits(Array(apart[..<hidden]), Array(together[..<hidden])))
  }

  @Test(arguments: Variant.supported)
  func aNaNIsNotRectifiedAway(_ variant: Variant) {
    var output = [Float](repeating: 0, count: 3)
    variant.kernels.elman_forward(1, 3, true, [.nan, -1, 2], &output)
    #expect(output[0].isNaN && output[1] == 0 && output[2] == 2)
  }
}

/// σ(x).
private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

extension Variant {
  fileprivate func lstmForward(
    rows: Int, hidden: Int, _ sums: [Float], _ carried: [Float]
  ) -> (gates: [Float], memory: [Float], squashed: [Float], output: [Float]) {
    var gates = sums
    var memory = [Float](repeating: 0, count: rows * hidden)
    var (squashed, output) = (memory, memory)
    kernels.lstm_forward(rows, hidden, &gates, carried, &memory, &squashed, &output)
    return (gates, memory, squashed, output)
  }
}
