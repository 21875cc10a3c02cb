import CKernels
import Testing

/// Sums over a window: against double precision, and that they continue from one shard of streams
/// to the next bit for bit, which `reduction: reproducible` rests on.
struct WindowProductTests {
  /// A window of gradients A [T, B, height] and of inputs B [T, B, width] or symbols.
  struct Problem {
    let timeSteps: Int
    let streams: Int
    let height: Int
    let width: Int
    let symbolCount = 7
    let a: [Float]
    let b: [Float]
    let zeroRows: [UInt8]
    let symbols: [Int32]

    init(timeSteps: Int, streams: Int, height: Int, width: Int) {
      (self.timeSteps, self.streams) = (timeSteps, streams)
      (self.height, self.width) = (height, width)
      let rows = timeSteps * streams
      a = uniform(rows * height, stream: 11)
      b = uniform(rows * width, stream: 12)
      zeroRows = uniform(rows, stream: 13).map { $0 > 0.6 ? 1 : 0 }
      symbols = integers(rows, below: symbolCount, stream: 14)
    }

    /// The columns of some streams of a window array.
    func shard<Element>(_ array: [Element], width: Int, _ streams: Range<Int>) -> [Element] {
      var part: [Element] = []
      for timeStep in 0..<timeSteps {
        let first = (timeStep * self.streams + streams.lowerBound) * width
        part += array[first..<first + streams.count * width]
      }
      return part
    }
  }

  static let problems = [
    Problem(timeSteps: 5, streams: 4, height: 40, width: 33),
    Problem(timeSteps: 1, streams: 9, height: 7, width: 16),
    Problem(timeSteps: 37, streams: 11, height: 13, width: 65),
    Problem(timeSteps: 300, streams: 3, height: 25, width: 8),
    Problem(timeSteps: 3, streams: 2, height: 450, width: 9),
  ]

  @Test(arguments: Variant.supported)
  func productAgreesWithDoublePrecision(_ variant: Variant) {
    for problem in Self.problems {
      let initial = uniform(problem.height * problem.width, stream: 15)
      let got = variant.windowProduct(problem, from: initial)
      var magnitudes = initial.map { Double(abs($0)) }
      var expected = initial.map(Double.init)
      for row in 0..<problem.timeSteps * problem.streams where problem.zeroRows[row] == 0 {
        for i in 0..<problem.height {
          for j in 0..<problem.width {
            let (x, y) = (problem.a[row * problem.height + i], problem.b[row * problem.width + j])
            expected[i * problem.width + j] += Double(x) * Double(y)
            magnitudes[i * problem.width + j] += abs(Double(x) * Double(y))
          }
        }
      }
      // One rounding a product and one a sum.
      let rounding = Double(problem.timeSteps * problem.streams + 2) * 0x1p-24
      #expect(firstDifference(got, expected) { rounding * magnitudes[$0] } == nil)
    }
  }

  @Test(arguments: Variant.supported)
  func productContinuesFromShardToShard(_ variant: Variant) {
    for problem in Self.problems {
      let initial = uniform(problem.height * problem.width, stream: 15)
      let whole = variant.windowProduct(problem, from: initial)
      for cut in 0...problem.streams {
        let first = variant.windowProduct(problem, from: initial, streams: 0..<cut)
        let both = variant.windowProduct(problem, from: first, streams: cut..<problem.streams)
        #expect(sameBits(both, whole), "cut at stream \(cut) of \(problem.streams)")
      }
    }
  }

  /// Sums that continue nothing are those that continue zeros, whatever was there.
  @Test(arguments: Variant.supported)
  func productStartsFromZero(_ variant: Variant) {
    for problem in Self.problems where problem.timeSteps * problem.streams > 0 {
      let count = problem.height * problem.width
      let zeros = [Float](repeating: 0, count: count)
      let garbage = [Float](repeating: .nan, count: count)
      let expected = variant.windowProduct(problem, from: zeros)
      let got = variant.windowProduct(problem, from: garbage, continues: false)
      #expect(sameBits(got, expected))
    }
  }

  @Test(arguments: Variant.supported)
  func productDoesNotDependOnTheSplitOfItsRows(_ variant: Variant) {
    for problem in Self.problems {
      let initial = uniform(problem.height * problem.width, stream: 15)
      let whole = variant.windowProduct(problem, from: initial)
      for cut in 0...problem.height {
        let got = variant.windowProduct(problem, from: initial, rowCuts: [cut])
        #expect(sameBits(got, whole), "cut at row \(cut)")
      }
    }
  }

  @Test(.enabled(if: unfold_supports_variant(UNFOLD_VARIANT_AVX512)))
  func wideAndNarrowVectorsGiveTheSameBits() {
    let variants = [UNFOLD_VARIANT_AVX2, UNFOLD_VARIANT_AVX512].map { Variant(variant: $0) }
    for problem in Self.problems {
      let initial = uniform(problem.height * problem.width, stream: 15)
      let results = variants.map { $0.windowProduct(problem, from: initial) }
      #expect(sameBits(results[0], results[1]))
    }
  }

  @Test(arguments: Variant.supported)
  func columnSumsAreExactlyInOrderAndContinue(_ variant: Variant) {
    for problem in Self.problems {
      let (height, streams) = (problem.height, problem.streams)
      let initial = uniform(height, stream: 16)
      // Single additions have one right result, so a plain loop must give the same bits.
      var expected = initial
      for stream in 0..<streams {
        for timeStep in 0..<problem.timeSteps {
          for i in 0..<height {
            expected[i] += problem.a[(timeStep * streams + stream) * height + i]
          }
        }
      }
      let results = [Float](repeating: 0, count: height * problem.width)
      for cut in 0...streams {
        var sums = initial
        for part in [0..<cut, cut..<streams] {
          _ = variant.windowProduct(
            problem, from: results, columnSums: &sums, streams: part, rowCuts: [height / 3])
        }
        #expect(sameBits(sums, expected), "cut at stream \(cut)")
      }
      var (fromZero, fromGarbage) = (
        [Float](repeating: 0, count: height), [Float](repeating: .nan, count: height)
      )
      _ = variant.windowProduct(problem, from: results, columnSums: &fromZero)
      _ = variant.windowProduct(
        problem, from: results, columnSums: &fromGarbage, continues: false)
      #expect(sameBits(fromGarbage, fromZero))
    }
  }

  @Test(arguments: Variant.supported)
  func scatteredSumsAreExactlyInOrderAndContinue(_ variant: Variant) {
    for problem in Self.problems {
      let (width, streams) = (problem.width, problem.streams)
      let initial = uniform(problem.symbolCount * width, stream: 17)
      var expected = initial
      for stream in 0..<streams {
        for timeStep in 0..<problem.timeSteps {
          let row = timeStep * streams + stream
          for i in 0..<width {
            expected[Int(problem.symbols[row]) * width + i] += problem.b[row * width + i]
          }
        }
      }
      for cut in 0...streams {
        var table = initial
        for part in [0..<cut, cut..<streams] {
          let symbols = problem.shard(problem.symbols, width: 1, part)
          let source = problem.shard(problem.b, width: width, part)
          for columns in [0..<width / 2, width / 2..<width] {
            variant.kernels.scatter_add(
              source, symbols, problem.timeSteps, part.count, width, columns.lowerBound,
              columns.upperBound, &table)
          }
        }
        #expect(sameBits(table, expected), "cut at stream \(cut)")
      }
    }
  }
}

extension Variant {
  /// result[i, n] += Σ a[t, b, i]·b[t, b, n] over some streams, which lie by themselves as on a rank.
  fileprivate func windowProduct(
    _ problem: WindowProductTests.Problem, from initial: [Float], streams: Range<Int>? = nil,
    rowCuts: [Int] = [], continues: Bool = true
  ) -> [Float] {
    var sums = [Float](repeating: 0, count: problem.height)
    return windowProduct(
      problem, from: initial, columnSums: &sums, streams: streams, rowCuts: rowCuts,
      continues: continues)
  }

  /// The same, and columnSums[i] += Σ a[t, b, i].
  fileprivate func windowProduct(
    _ problem: WindowProductTests.Problem, from initial: [Float], columnSums: inout [Float],
    streams: Range<Int>? = nil, rowCuts: [Int] = [], continues: Bool = true
  ) -> [Float] {
    let part = streams ?? 0..<problem.streams
    let (height, width, timeSteps) = (problem.height, problem.width, problem.timeSteps)
    let count = panels(width) * kernels.panel_width * timeSteps * part.count
    var packed = [Float](repeating: .nan, count: max(count, 1))
    var scratch = [Float](repeating: .nan, count: kernels.product_scratch)
    kernels.pack_window(
      problem.shard(problem.b, width: width, part), timeSteps, part.count, width,
      problem.shard(problem.zeroRows, width: 1, part), 0, panels(width), &packed)
    let a = problem.shard(problem.a, width: height, part)
    let edges = [0] + rowCuts + [height]
    var (result, second) = (initial, initial)
    packed.withUnsafeBufferPointer { packed in
      result.withUnsafeMutableBufferPointer { result in
        second.withUnsafeMutableBufferPointer { second in
          let left = UnfoldWindowOperand(
            packed: packed.baseAddress, width: width, sums: result.baseAddress)
          let right = UnfoldWindowOperand(
            packed: packed.baseAddress, width: width, sums: second.baseAddress)
          for (first, end) in zip(edges, edges.dropFirst()) {
            kernels.window_product(
              a, timeSteps, part.count, height, first, end, left, right, &columnSums, continues,
              &scratch)
          }
        }
      }
    }
    #expect(result == second, "operands that share A are independent")
    return result
  }
}
