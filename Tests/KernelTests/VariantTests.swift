import CKernels
import Testing

/// Every variant gives the baseline's bits, so that a run may move from one processor to another.
@Suite(.enabled(if: Variant.supported.count > 1, "this machine has one variant"))
struct VariantTests {
  /// What a kernel leaves in some arrays, by variant.
  private func expectSameBits(
    _ kernel: String,
    _ run: (_ kernels: UnfoldKernels, _ arrays: [UnsafeMutablePointer<Float>]) -> Void,
    arrays initial: [[Float]]
  ) {
    var expected: [[Float]]?
    for variant in Variant.supported {
      let memory = initial.map { UnsafeMutablePointer<Float>.allocate(capacity: $0.count + 1) }
      defer { for pointer in memory { pointer.deallocate() } }
      for (pointer, values) in zip(memory, initial) {
        pointer.update(from: values, count: values.count)
      }
      run(variant.kernels, memory)
      let arrays = zip(memory, initial).map {
        Array(UnsafeBufferPointer(start: $0, count: $1.count))
      }
      guard let expected else {
        expected = arrays
        continue
      }
      for (got, first) in zip(arrays, expected) {
        #expect(sameBits(got, first), "\(kernel), \(variant.testDescription)")
      }
    }
  }

  /// Numbers of every size, from denormal to overflowing, and around each function's corners.
  private static let wild: [Float] =
    uniform(500, stream: 41, range: 4) + uniform(500, stream: 42, range: 100)
    + uniform(100, stream: 43, range: 1e-30) + [0, -0.0, 88.4, -88.4, 0.625, -0.625, 1e30, -1e30]

  @Test func activations() {
    expectSameBits(
      "activations",
      { kernels, arrays in
        kernels.exponential(Self.wild, Self.wild.count, arrays[0])
        kernels.hyperbolic_tangent(Self.wild, Self.wild.count, arrays[1])
        kernels.sigmoid(Self.wild, Self.wild.count, arrays[2])
      }, arrays: Array(repeating: [Float](repeating: 0, count: Self.wild.count), count: 3))
  }

  @Test(arguments: [1, 7, 16, 37, 100])
  func cells(hidden: Int) {
    let rows = 5
    func gates(_ count: Int, _ stream: UInt32) -> [Float] {
      uniform(rows * count * hidden, stream: stream, range: 5)
    }
    expectSameBits(
      "lstm",
      { kernels, arrays in
        kernels.lstm_forward(
          rows, hidden, arrays[0], gates(1, 52), arrays[1], arrays[2], arrays[3])
        kernels.lstm_backward(
          rows, hidden, rows, arrays[0], gates(1, 52), arrays[2], gates(1, 53), gates(1, 54),
          arrays[4])
      }, arrays: [gates(4, 51)] + (0..<4).map { gates(1, 55 + $0) })
    expectSameBits(
      "gru",
      { kernels, arrays in
        kernels.gru_forward(rows, hidden, arrays[0], arrays[1], gates(1, 52), arrays[2])
        kernels.gru_backward(
          rows, hidden, arrays[0], arrays[1], gates(1, 52), gates(1, 53), arrays[3])
      }, arrays: [gates(3, 51), gates(3, 55), gates(1, 56), gates(1, 57)])
    for rectified in [false, true] {
      expectSameBits(
        "elman",
        { kernels, arrays in
          kernels.elman_forward(rows, hidden, rectified, arrays[0], arrays[1])
          kernels.elman_backward(
            rows, hidden, rectified, arrays[0], arrays[1], gates(1, 53), gates(1, 54))
        }, arrays: [gates(1, 51), gates(1, 52)])
    }
  }

  @Test(arguments: [1, 3, 16, 17, 65, 1000])
  func losses(width: Int) {
    let rows = 6
    let outputs = uniform(rows * width, stream: 61, range: 8)
    let values = uniform(rows * width, stream: 62)
    let labels = values.map { $0 > 0 ? Float(1) : 0 }
    let classes = integers(rows, below: width, stream: 63)
    let weights = uniform(rows, stream: 64)
    func bits(_ losses: [Double]) -> [Float] {
      losses.flatMap { loss in
        [UInt32(truncatingIfNeeded: loss.bitPattern), UInt32(loss.bitPattern >> 32)]
          .map { Float($0 >> 8) + Float($0 & 255) / 256 }
      }
    }
    expectSameBits(
      "losses",
      { kernels, arrays in
        var losses = [[Double]](repeating: [Double](repeating: 0, count: rows), count: 2)
        var hits = [UInt8](repeating: 0, count: rows)
        kernels.softmax_cross_entropy(
          rows, width, arrays[0], classes, weights, &losses[0], &hits)
        kernels.binary_cross_entropy(
          rows, width, arrays[1], labels, weights, &losses[1], &hits)
        for (place, value) in losses.flatMap(bits).enumerated() { arrays[2][place] = value }
      }, arrays: [outputs, outputs, [Float](repeating: 0, count: 4 * rows)])
    for loss in ValueLossSample.all {
      let sample = ValueLossSample.Rows(
        count: rows, width: width, of: loss, weighted: true, masked: true)
      expectSameBits(
        "\(loss)",
        { kernels, arrays in
          let got = loss.run(kernels, sample)
          arrays[0].update(from: got.gradients, count: got.gradients.count)
          let numbers = bits(got.losses) + bits(got.shares)
          for (place, value) in numbers.enumerated() { arrays[1][place] = value }
        },
        arrays: [sample.outputs, [Float](repeating: 0, count: 4 * rows)])
    }
  }

  @Test(arguments: [1, 15, 16, 300, 1000])
  func updates(count: Int) {
    let (w, g) = (uniform(count, stream: 71), uniform(count, stream: 72))
    let squares = uniform(count, stream: 73).map { abs($0) }
    let start = [w, g, uniform(count, stream: 74), squares, uniform(count, stream: 75)]
    expectSameBits(
      "updates",
      { kernels, arrays in
        arrays[1][0] = Float(kernels.sum_of_squares(arrays[1], count))
        kernels.clip_values(arrays[1], count, 0.7, 0.3)
        kernels.apply_sgd(arrays[0], arrays[1], count, 0.3, 0.1, 0.01)
        for nesterov in [false, true] {
          kernels.apply_momentum(
            arrays[0], arrays[1], arrays[2], count, 0.3, 0.1, 0.01, 0.9, 0.1, nesterov, false)
        }
        kernels.apply_rmsprop(
          arrays[0], arrays[1], arrays[3], nil, arrays[2], count, 0.3, 0.1, 0.01, 0.99, 1e-8, 0.9
        )
        kernels.apply_adam(
          arrays[0], arrays[1], arrays[4], arrays[3], count, 0.3, 0.1, 0.01, false, 0.9, 0.999,
          1e-8, 0.1, 0.001)
        kernels.apply_adam(
          arrays[0], arrays[1], arrays[4], arrays[3], count, 0.3, 0.1, 0.01, true, 0.9, 0.999,
          1e-8, 0.1, 0.001)
      }, arrays: start)
  }

  @Test(arguments: [(1, 5, 3), (9, 40, 33), (26, 300, 100)])
  func products(rows: Int, k: Int, n: Int) {
    let (a, weight) = (uniform(rows * k, stream: 81), uniform(n * k, stream: 82))
    expectSameBits(
      "product",
      { kernels, arrays in
        let panels = (n + kernels.panel_width - 1) / kernels.panel_width
        var packed = [Float](repeating: 0, count: panels * kernels.panel_width * k)
        var scratch = [Float](repeating: 0, count: kernels.product_scratch)
        kernels.pack_weight(weight, n, k, 0, panels, &packed, nil)
        var zero = UnfoldStart()
        kernels.product(a, k, rows, k, packed, n, 0, panels, &zero, arrays[0], n, &scratch)
      }, arrays: [[Float](repeating: 0, count: rows * n)])
  }
}
