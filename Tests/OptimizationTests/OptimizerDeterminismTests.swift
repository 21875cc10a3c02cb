import Optimization
import Storage
import Testing
import Workers

/// The same bits for any number of workers and any cut into slices.
struct OptimizerDeterminismTests {
  /// More than two blocks of the norm, and no multiple of a vector's width.
  static let count = 2 * GlobalNorm.blockSize + 1237
  static let cuts = [0, 1, 16, 333, 334, 16384, 20001, count]

  @Test(arguments: OptimizerChain.fixtureNames)
  func anyCutIntoSlicesAndAnyWorkersGiveTheSameBits(name: String) throws {
    let whole = try trained(name, slices: nil, workers: 1)
    let slices = zip(Self.cuts, Self.cuts.dropFirst()).map { $0..<$1 }
    for (slices, workers) in [(nil, 2), (nil, 3), (slices, 1), (slices.reversed(), 4)] {
      let other = try trained(name, slices: slices, workers: workers)
      // Formed outside of #expect, which would print the arenas.
      let sameParameters = whole.parameters.hasBits(of: other.parameters)
      let sameMoments = whole.moments.hasBits(of: other.moments)
      #expect(sameParameters && sameMoments, "\(workers) workers")
    }
  }

  @Test func normHasTheSameBitsForAnyWorkersAndShares() {
    let gradients = pseudorandomNumbers(Self.count, seed: 3)
    let regions = [GradientRegion(0..<1000), GradientRegion(1000..<Self.count)]
    let norms = (1...7).flatMap { workers in
      (1...5).map { norm(of: gradients, regions, shares: $0, pool: WorkerPool(workers: workers)) }
    }
    #expect(Set(norms.map(\.bitPattern)).count == 1)
    let sum = gradients.reduce(0) { $0 + Double($1) * Double($1) }
    #expect(abs(norms[0] / sum.squareRoot() - 1) < 1e-6)
  }

  /// An update of touched rows only is the update of all rows where the others have no gradient.
  @Test func packedRowsMoveAsInAnUpdateOfAllRows() throws {
    let (rowCount, width) = (50, 7)
    let chain = OptimizerChain(
      [
        try ClipByValue(limit: 0.3), try ClipByGlobalNorm(limit: 0.1),
        try StochasticGradientDescent(),
      ],
      parameterCount: rowCount * width)
    let symbols: [Int32] = [3, 49, 0, 17, 18, 3]
    let rows = TouchedRows(rowCount: rowCount, width: width)
    rows.mark(symbols, count: symbols.count)
    rows.collect()
    let packed = Arena<Float>(count: rowCount * width)
    let full = Arena<Float>(count: rowCount * width)
    packed.buffer.update(repeating: .nan)
    for (index, value) in pseudorandomNumbers(rows.count * width, seed: 5).enumerated() {
      packed.base[rows.packedStart + index] = value
      full.base[Int(rows.rows[index / width]) * width + index % width] = value
    }
    let before = pseudorandomNumbers(rowCount * width, seed: 6)
    var (expected, got) = (before, before)
    let update = Update(step: 1, learningRate: 0.7, divisor: 2, norm: 3)
    chain.apply(
      update, to: &expected, gradients: full.base, moments: nil,
      in: GradientRegion(0..<before.count), pool: WorkerPool(workers: 1))
    for part in 0..<3 {
      chain.apply(
        update, to: &got, gradients: packed.base, moments: nil,
        in: GradientRegion(0..<before.count, rows: rows), share: Share(part, of: 3),
        pool: WorkerPool(workers: 2))
    }
    #expect(got.hasBits(of: expected))
    #expect(!got.hasBits(of: before))
  }

  @Test func onlyPlainDescentSparesUntouchedRows() throws {
    func spares(_ transforms: any GradientTransform...) -> Bool {
      OptimizerChain(transforms, parameterCount: 8).sparesUntouchedRows
    }
    #expect(spares(try ClipByGlobalNorm(limit: 1), try StochasticGradientDescent()))
    #expect(!spares(try StochasticGradientDescent(momentum: 0.9)))
    #expect(!spares(try StochasticGradientDescent(weightDecay: 0.1)))
    #expect(!spares(try Adam()))
  }

  @Test func updateLeavesWhatIsOutsideTheSliceAlone() throws {
    let chain = try OptimizerChain.fixture("clip-value-rmsprop", parameterCount: 100)
    var arenas = Arenas(
      parameters: pseudorandomNumbers(100, seed: 1), gradients: pseudorandomNumbers(100, seed: 2),
      momentCount: chain.momentCount)
    let before = arenas
    arenas.update(
      by: chain, slices: [37..<59], step: 1, rate: 0.1, divisor: 2, pool: WorkerPool(workers: 2))
    for index in 0..<100 {
      let isInside = (37..<59).contains(index)
      #expect((arenas.parameters[index] != before.parameters[index]) == isInside)
      #expect((arenas.moments[index] != 0) == isInside)
      #expect((arenas.moments[100 + index] != 0) == isInside)
    }
  }

  @Test func notFiniteGradientsMakeTheNormNotFinite() {
    let regions = [GradientRegion(0..<Self.count)]
    for bad in [Float.nan, .infinity, -.infinity] {
      var gradients = pseudorandomNumbers(Self.count, seed: 3)
      gradients[Self.count - 1] = bad
      #expect(!norm(of: gradients, regions, pool: WorkerPool(workers: 2)).isFinite)
    }
  }

  private func trained(_ name: String, slices: [Range<Int>]?, workers: Int) throws -> Arenas {
    let chain = try OptimizerChain.fixture(name, parameterCount: Self.count)
    let pool = WorkerPool(workers: workers)
    var arenas = Arenas(
      parameters: pseudorandomNumbers(Self.count, seed: 1), gradients: [],
      momentCount: chain.momentCount)
    for step in 1...3 {
      arenas.gradients = pseudorandomNumbers(Self.count, seed: 10 + UInt64(step))
      arenas.update(by: chain, slices: slices, step: step, rate: 0.05, divisor: 3, pool: pool)
    }
    return arenas
  }
}

extension [Float] {
  fileprivate func hasBits(of other: [Float]) -> Bool {
    elementsEqual(other) { $0.bitPattern == $1.bitPattern }
  }
}
