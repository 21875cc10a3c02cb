import CKernels
import Storage
import Testing

/// The packed product of every variant against a plain one in double precision.
struct ProductTests {
  /// A product C[rows, n] (+)= A[rows, k]·B[k, n] with room between the rows of A and of C.
  struct Problem {
    static let gap = 3
    let rows: Int
    let k: Int
    let n: Int
    let a: [Float]  // [rows, k + gap]
    let b: [Float]  // [k, n]
    let c: [Float]  // [rows, n + gap]

    init(rows: Int, k: Int, n: Int) {
      (self.rows, self.k, self.n) = (rows, k, n)
      a = uniform(rows * (k + Self.gap), stream: 1)
      b = uniform(k * n, stream: 2)
      c = uniform(rows * (n + Self.gap), stream: 3)
    }

    /// The result in double precision, and beside it Σ|a·b| (+ |c|), which rounding scales with.
    func reference(accumulate: Bool) -> (values: [Double], magnitudes: [Double]) {
      var values = c.map(Double.init)
      var magnitudes = [Double](repeating: 0, count: c.count)
      for row in 0..<rows {
        for column in 0..<n {
          let place = row * (n + Self.gap) + column
          var sum = accumulate ? values[place] : 0
          var magnitude = abs(sum)
          for i in 0..<k {
            let term = Double(a[row * (k + Self.gap) + i]) * Double(b[i * n + column])
            sum += term
            magnitude += abs(term)
          }
          (values[place], magnitudes[place]) = (sum, magnitude)
        }
      }
      return (values, magnitudes)
    }
  }

  static let depths = [1, 2, 3, 7, 16, 19, 64, 255, 256, 257, 513, 600, 1040]
  static let widths = [1, 3, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48, 63, 65, 100]

  @Test(arguments: Variant.supported)
  func agreesWithDoublePrecision(_ variant: Variant) {
    for rows in 1...40 {
      for (index, k) in Self.depths.enumerated() {
        let problem = Problem(rows: rows, k: k, n: Self.widths[(rows * 5 + index) % 16])
        let accumulate = (rows + index) % 2 == 0
        let (values, magnitudes) = problem.reference(accumulate: accumulate)
        let got = variant.product(problem, accumulate: accumulate)
        // At worst each of the k sums and products rounds once: (k + 2)·2⁻²⁴ of Σ|a·b|. The gaps
        // between rows must not change at all.
        let difference = firstDifference(got, values) {
          Double(k + 2) * 0x1p-24 * magnitudes[$0]
        }
        #expect(difference == nil, "rows \(rows), k \(k), n \(problem.n)")
      }
    }
  }

  @Test(arguments: Variant.supported)
  func noSplitOfRowsOrPanelsChangesBits(_ variant: Variant) {
    for (rows, k, n) in [
      (40, 300, 100), (25, 513, 33), (13, 7, 65), (12, 256, 64), (7, 40, 97), (450, 20, 9),
    ] {
      let problem = Problem(rows: rows, k: k, n: n)
      for accumulate in [false, true] {
        let whole = variant.product(problem, accumulate: accumulate)
        let panels = variant.panels(n)
        for rowCut in 0...rows {
          let got = variant.product(
            problem, accumulate: accumulate, rowCuts: [rowCut],
            panelCuts: [rowCut % (panels + 1)])
          #expect(sameBits(got, whole), "\(rows) × \(k) × \(n), cut at row \(rowCut)")
        }
        let single = variant.product(
          problem, accumulate: accumulate, rowCuts: Array(1..<rows), panelCuts: Array(1..<panels))
        #expect(sameBits(single, whole), "\(rows) × \(k) × \(n), one by one")
      }
    }
  }

  /// A bias, and rows of a table by number, are where sums start that go on from copies of them.
  @Test(arguments: Variant.supported)
  func startsFromABiasOrFromRowsOfATable(_ variant: Variant) {
    let kernels = variant.kernels
    for (rows, k, n) in [(1, 3, 5), (12, 40, 64), (25, 600, 33), (450, 530, 20)] {
      let (a, table) = (uniform(rows * k, stream: 31), uniform(7 * n, stream: 32))
      let symbols = (0..<rows).map { Int32(($0 * 5 + 2) % 7) }
      let panels = variant.panels(n)
      var packed = [Float](repeating: .nan, count: panels * kernels.panel_width * k)
      var scratch = [Float](repeating: .nan, count: kernels.product_scratch)
      kernels.pack_weight(uniform(k * n, stream: 33), k, n, 0, variant.panels(k), nil, &packed)
      func product(_ stride: Int, _ chosen: [Int32]?) -> [Float] {
        var c = [Float](repeating: .nan, count: rows * n)
        table.withUnsafeBufferPointer { table in
          symbols.withUnsafeBufferPointer { symbols in
            var start = UnfoldStart(
              values: table.baseAddress, stride: stride,
              rows: chosen == nil ? nil : symbols.baseAddress)
            kernels.product(a, k, rows, k, packed, n, 0, panels, &start, &c, n, &scratch)
          }
        }
        return c
      }
      func continued(_ copies: [[Float]]) -> [Float] {
        var c = Array(copies.joined())
        c.withUnsafeMutableBufferPointer { c in
          guard let base = c.baseAddress else { return }
          var start = UnfoldStart(values: base, stride: n, rows: nil)
          kernels.product(a, k, rows, k, packed, n, 0, panels, &start, base, n, &scratch)
        }
        return c
      }
      let first = Array(table[..<n])
      let gathered = symbols.map { Array(table[Int($0) * n..<(Int($0) + 1) * n]) }
      #expect(sameBits(product(0, nil), continued(Array(repeating: first, count: rows))))
      #expect(sameBits(product(n, symbols), continued(gathered)))
    }
  }

  /// Both forms are whole panels, in any number of pieces, and alone or together. What no cache would
  /// hold is written in another way.
  @Test(arguments: Variant.supported)
  func weightsArePackedInPanels(_ variant: Variant) {
    for (rows, columns) in [(1, 1), (5, 17), (100, 30), (64, 64), (1043, 1021)] {
      let weight = uniform(rows * columns, stream: 34)
      let groups = variant.panels(rows)
      let forward = variant.panels(k: columns, n: rows) { k, n in weight[n * columns + k] }
      let backward = variant.panels(k: rows, n: columns) { k, n in weight[k * columns + n] }
      let first = Arena<Float>(count: forward.count)
      let second = Arena<Float>(count: backward.count)
      for cuts in [[0, groups], [0, groups / 2, groups]] {
        for (writesForward, writesBackward) in [(true, true), (true, false), (false, true)] {
          first.buffer.update(repeating: .nan)
          second.buffer.update(repeating: .nan)
          for (start, end) in zip(cuts, cuts.dropFirst()) {
            variant.kernels.pack_weight(
              weight, rows, columns, start, end, writesForward ? first.base : nil,
              writesBackward ? second.base : nil)
          }
          let isForward = sameBits(Array(first.buffer), forward)
          let isBackward = sameBits(Array(second.buffer), backward)
          #expect(isForward == writesForward, "[\(rows), \(columns)] in \(cuts)")
          #expect(isBackward == writesBackward, "[\(rows), \(columns)] in \(cuts)")
        }
      }
    }
  }

  /// Both do one fused multiply-add for each k, in the same order, whatever their vectors' width.
  @Test(.enabled(if: unfold_supports_variant(UNFOLD_VARIANT_AVX512)))
  func wideAndNarrowVectorsGiveTheSameBits() {
    let variants = [UNFOLD_VARIANT_AVX2, UNFOLD_VARIANT_AVX512].map { Variant(variant: $0) }
    for (rows, k, n) in [(40, 300, 100), (5, 600, 31), (12, 257, 16)] {
      let problem = Problem(rows: rows, k: k, n: n)
      let results = variants.map { $0.product(problem, accumulate: true) }
      #expect(sameBits(results[0], results[1]), "\(rows) × \(k) × \(n)")
    }
  }
}

extension Variant {
  /// B [k, n] in panels: [panels, k, panel width], zero-padded.
  fileprivate func panels(k: Int, n: Int, _ element: (_ k: Int, _ n: Int) -> Float) -> [Float] {
    let width = kernels.panel_width
    return (0..<panels(n) * k * width).map { place in
      let column = place / (k * width) * width + place % width
      return column < n ? element(place / width % k, column) : 0
    }
  }

  /// The product in as many calls as the cuts of rows and panels make.
  fileprivate func product(
    _ problem: ProductTests.Problem, accumulate: Bool, rowCuts: [Int] = [], panelCuts: [Int] = []
  ) -> [Float] {
    let gap = ProductTests.Problem.gap
    let (rows, k, n) = (problem.rows, problem.k, problem.n)
    var packed = [Float](repeating: .nan, count: panels(n) * kernels.panel_width * k)
    var scratch = [Float](repeating: .nan, count: kernels.product_scratch)
    kernels.pack_weight(problem.b, k, n, 0, panels(k), nil, &packed)
    var result = problem.c
    let rowEdges = [0] + rowCuts + [rows]
    let panelEdges = [0] + panelCuts + [panels(n)]
    problem.a.withUnsafeBufferPointer { a in
      result.withUnsafeMutableBufferPointer { c in
        guard let a = a.baseAddress, let c = c.baseAddress else { return }
        for (first, end) in zip(rowEdges, rowEdges.dropFirst()) {
          for (firstPanel, endPanel) in zip(panelEdges, panelEdges.dropFirst()) {
            let results = c + first * (n + gap)
            var start = UnfoldStart()
            if accumulate { start = UnfoldStart(values: results, stride: n + gap, rows: nil) }
            kernels.product(
              a + first * (k + gap), k + gap, end - first, k, packed, n, firstPanel, endPanel,
              &start, results, n + gap, &scratch)
          }
        }
      }
    }
    return result
  }
}
