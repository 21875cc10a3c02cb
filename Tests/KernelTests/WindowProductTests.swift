import CKernels
import Testing

/// Sums over a window: against double precision, and that they are those of its leaves, added as a tree,
/// bit for bit, which the same bits on any layout rest on.
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
    // Longer than a block of k, in one leaf and over several.
    Problem(timeSteps: 700, streams: 9, height: 30, width: 35),
    Problem(timeSteps: 2500, streams: 2, height: 14, width: 3),
    // Few gradients, whose inputs are not packed, and more of these than fit in registers.
    Problem(timeSteps: 60, streams: 9, height: 1, width: 150),
    Problem(timeSteps: 7, streams: 16, height: 2, width: 19),
  ]

  @Test(arguments: Variant.supported)
  func productAgreesWithDoublePrecision(_ variant: Variant) {
    for problem in Self.problems {
      let got = variant.windowProduct(problem).sums
      var expected = [Double](repeating: 0, count: problem.height * problem.width)
      var magnitudes = expected
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

  /// The sums over each leaf by itself, added as a tree outside, are the kernel's.
  @Test(arguments: Variant.supported)
  func leavesAreSummedAsATree(_ variant: Variant) {
    for problem in Self.problems {
      for leaves in [1, 2, 4, 8, 16] where leaves <= problem.streams {
        let ends = problem.ends(leaves)
        let parts = (0..<leaves).map { leaf in
          variant.windowProduct(problem, streams: (leaf == 0 ? 0 : ends[leaf - 1])..<ends[leaf])
        }
        let got = variant.windowProduct(problem, leaves: ends)
        #expect(sameBits(got.sums, treeSum(parts.map(\.sums))), "\(leaves) leaves")
        #expect(sameBits(got.columns, treeSum(parts.map(\.columns))), "\(leaves) leaves")
      }
    }
  }

  @Test(arguments: Variant.supported)
  func productDoesNotDependOnTheSplitOfItsRows(_ variant: Variant) {
    for problem in Self.problems {
      let ends = problem.ends(problem.streams >= 4 ? 4 : 1)
      let whole = variant.windowProduct(problem, leaves: ends)
      for cut in 0...problem.height {
        let got = variant.windowProduct(problem, leaves: ends, rowCuts: [cut])
        #expect(sameBits(got.sums, whole.sums), "cut at row \(cut)")
        #expect(sameBits(got.columns, whole.columns), "cut at row \(cut)")
      }
    }
  }

  /// Whether inputs were packed before or are gathered on the way.
  @Test(arguments: Variant.supported)
  func gatheredInputsGiveTheSameBits(_ variant: Variant) {
    for problem in Self.problems {
      for leaves in [1, 2, 8] where leaves <= problem.streams {
        let ends = problem.ends(leaves)
        let packed = variant.windowProduct(problem, leaves: ends)
        for rowCuts in [[], [problem.height / 3]] {
          let got = variant.windowProduct(problem, leaves: ends, rowCuts: rowCuts, gathers: true)
          #expect(sameBits(got.sums, packed.sums), "\(leaves) leaves")
          #expect(sameBits(got.columns, packed.columns), "\(leaves) leaves")
        }
      }
    }
  }

  /// Whether sums are formed over the window, or block by block of time steps, the last block first.
  @Test(arguments: Variant.supported)
  func blocksOfTimeStepsGiveTheSameBits(_ variant: Variant) {
    for problem in Self.problems where problem.height > 2 {
      for leaves in [1, 2, 8] where leaves <= problem.streams {
        let ends = problem.ends(leaves)
        let whole = variant.windowProduct(problem, leaves: ends)
        for blockLength in [1, 3, 64] {
          let got = variant.leafSums(problem, leaves: ends, blockLength: blockLength)
          #expect(sameBits(got.sums, whole.sums), "\(leaves) leaves, blocks of \(blockLength)")
          #expect(sameBits(got.columns, whole.columns), "\(leaves) leaves")
        }
      }
    }
  }

  /// Single additions have one right result, so a plain loop must give the same bits.
  @Test(arguments: Variant.supported)
  func columnSumsOfALeafAreExactlyInOrder(_ variant: Variant) {
    for problem in Self.problems {
      let (height, streams) = (problem.height, problem.streams)
      var expected = [Float](repeating: 0, count: height)
      for timeStep in (0..<problem.timeSteps).reversed() {
        for stream in 0..<streams {
          for i in 0..<height {
            expected[i] += problem.a[(timeStep * streams + stream) * height + i]
          }
        }
      }
      let got = variant.windowProduct(problem, rowCuts: [height / 3])
      #expect(sameBits(got.columns, expected))
    }
  }

  /// Rows of a symbol that some leaves have and others lack, which count as zero there.
  @Test(arguments: Variant.supported)
  func rowsAreSummedBySymbol(_ variant: Variant) {
    for problem in Self.problems {
      let (width, streams) = (problem.width, problem.streams)
      for leaves in [1, 2, 8] where leaves <= streams {
        let ends = problem.ends(leaves)
        var rows: [UnfoldSymbolRow] = []
        var tables: [[Float]] = []
        for leaf in 0..<leaves {
          var table = [Float](repeating: 0, count: problem.symbolCount * width)
          for timeStep in (0..<problem.timeSteps).reversed() {
            for stream in (leaf == 0 ? 0 : ends[leaf - 1])..<ends[leaf] {
              let row = timeStep * streams + stream
              let symbol = Int(problem.symbols[row])
              rows.append(
                UnfoldSymbolRow(symbol: Int32(symbol), leaf: Int32(leaf), row: Int32(row)))
              for i in 0..<width { table[symbol * width + i] += problem.b[row * width + i] }
            }
          }
          tables.append(table)
        }
        // Stable: within a symbol the rows keep their order.
        let sorted = (0..<problem.symbolCount).flatMap { symbol in
          rows.filter { $0.symbol == symbol }
        }
        var got = [Float](repeating: .nan, count: problem.symbolCount * width)
        for symbol in 0..<problem.symbolCount where !problem.symbols.contains(Int32(symbol)) {
          for i in 0..<width { got[symbol * width + i] = 0 }
        }
        var spare = [Float](repeating: .nan, count: 3 * width)
        for columns in [0..<width / 2, width / 2..<width] {
          variant.kernels.sum_by_symbol(
            problem.b, width, sorted, sorted.count, leaves, columns.lowerBound,
            columns.upperBound, &got, &spare)
        }
        #expect(sameBits(got, treeSum(tables)), "\(leaves) leaves")
      }
    }
  }
}

/// The sum of a power of two of arrays, by halves.
private func treeSum(_ parts: [[Float]]) -> [Float] {
  guard parts.count > 1 else { return parts[0] }
  let middle = parts.count / 2
  return zip(treeSum(Array(parts[..<middle])), treeSum(Array(parts[middle...]))).map { $0 + $1 }
}

extension WindowProductTests.Problem {
  /// Where so many leaves end.
  fileprivate func ends(_ leaves: Int) -> [Int] {
    (1...leaves).map { $0 * streams / leaves }
  }
}

extension Variant {
  /// sums[i, n] = Σ a[t, b, i]·b[t, b, n] and columns[i] = Σ a[t, b, i] over some streams, which lie by
  /// themselves as on a rank.
  fileprivate func windowProduct(
    _ problem: WindowProductTests.Problem, streams: Range<Int>? = nil, leaves: [Int]? = nil,
    rowCuts: [Int] = [], gathers: Bool = false
  ) -> (sums: [Float], columns: [Float]) {
    let part = streams ?? 0..<problem.streams
    let leaves = leaves ?? [part.count]
    let (height, width, timeSteps) = (problem.height, problem.width, problem.timeSteps)
    let (b, zeroRows) = (
      problem.shard(problem.b, width: width, part),
      problem.shard(problem.zeroRows, width: 1, part)
    )
    let a = problem.shard(problem.a, width: height, part)
    let steps = timeSteps * part.count
    var packed = [Float](repeating: .nan, count: (2 * width + 1) * steps)
    let halvings = leaves.count.trailingZeroBitCount
    let columnsAtOnce = max(
      kernels.window_columns, panels(height) * kernels.panel_width)
    let partials = (halvings + 1) * columnsAtOnce * (2 * width + 1)
    var scratch = [Float](repeating: .nan, count: partials + kernels.product_scratch)
    let edges = [0] + rowCuts + [height]
    // Whatever was there before is no part of the sums.
    var result = [Float](repeating: .nan, count: height * width)
    var (second, columns) = (result, [Float](repeating: .nan, count: height))
    b.withUnsafeBufferPointer { b in
      zeroRows.withUnsafeBufferPointer { zeroRows in
        result.withUnsafeMutableBufferPointer { result in
          second.withUnsafeMutableBufferPointer { second in
            leaves.withUnsafeBufferPointer { leaves in
              let left = UnfoldWindowInput(
                values: b.baseAddress, width: width, zero_rows: zeroRows.baseAddress,
                sums: result.baseAddress)
              var right = left
              right.sums = second.baseAddress
              let window = UnfoldWindow(
                time_steps: timeSteps, streams: part.count,
                leaves: UnfoldLeaves(ends: leaves.baseAddress, count: leaves.count))
              for (first, end) in [(0, steps / 3), (steps / 3, steps)] where !gathers {
                kernels.pack_window(left, right, window, first, end, &packed)
              }
              for (first, end) in zip(edges, edges.dropFirst()) {
                packed.withUnsafeBufferPointer {
                  kernels.window_product(
                    a, window, height, first, end, left, right, gathers ? nil : $0.baseAddress,
                    &columns, &scratch)
                }
              }
            }
          }
        }
      }
    }
    #expect(sameBits(result, second), "inputs that share gradients are independent")
    return (result, columns)
  }

  /// The same of all streams, block by block.
  fileprivate func leafSums(
    _ problem: WindowProductTests.Problem, leaves: [Int], blockLength: Int
  ) -> (sums: [Float], columns: [Float]) {
    let (height, width, streams) = (problem.height, problem.width, problem.streams)
    // As much as may be read behind the gradients.
    let gradients = problem.a + [Float](repeating: .nan, count: kernels.panel_width)
    let rows = 2 * width + 1
    var sums = [Float](
      repeating: .nan, count: leaves.count * rows * panels(height) * kernels.panel_width)
    var scratch = [Float](
      repeating: .nan, count: blockLength * streams * rows + kernels.panel_width)
    var result = [Float](repeating: .nan, count: height * width)
    var (second, columns) = (result, [Float](repeating: .nan, count: height))
    func withInputs(
      from timeStep: Int, _ body: (UnfoldWindowInput, UnfoldWindowInput, UnfoldLeaves) -> Void
    ) {
      problem.b.withUnsafeBufferPointer { b in
        problem.zeroRows.withUnsafeBufferPointer { zeroRows in
          result.withUnsafeMutableBufferPointer { result in
            second.withUnsafeMutableBufferPointer { second in
              leaves.withUnsafeBufferPointer { leaves in
                let row = timeStep * streams
                let left = UnfoldWindowInput(
                  values: b.baseAddress.map { $0 + row * width }, width: width,
                  zero_rows: zeroRows.baseAddress.map { $0 + row }, sums: result.baseAddress)
                var right = left
                right.sums = second.baseAddress
                body(left, right, UnfoldLeaves(ends: leaves.baseAddress, count: leaves.count))
              }
            }
          }
        }
      }
    }
    for end in stride(from: problem.timeSteps, to: 0, by: -blockLength) {
      let first = max(0, end - blockLength)
      withInputs(from: first) { left, right, leaves in
        gradients.withUnsafeBufferPointer { gradients in
          guard let base = gradients.baseAddress else { return }
          kernels.sum_time_steps(
            base + first * streams * height,
            UnfoldWindow(time_steps: end - first, streams: streams, leaves: leaves), height, left,
            right, end < problem.timeSteps, &sums, &scratch)
        }
      }
    }
    withInputs(from: 0) { left, right, _ in
      kernels.place_leaf_sums(leaves.count, height, left, right, &columns, &sums)
    }
    #expect(sameBits(result, second), "inputs that share gradients are independent")
    return (result, columns)
  }
}
