import Recurrent
import Storage
import Testing

/// Results that must be the same bit for bit however the work is laid out.
struct ExactnessTests {
  /// Sizes beyond single tiles and panels; 13 streams, which neither 2 nor 3 divides.
  static let cases = usualLosses + otherLosses

  private static let usualLosses: [GradientCase] = GradientCase.cells.flatMap { cell in
    var tied = GradientCase.network(cell, .crossEntropy, layers: 2, hidden: 37, embedding: 37)
    tied.tied = true
    tied.dropout = DropoutRates(input: 0.2, between: 0.3, output: 0.1)
    let symbols = GradientCase.network(cell, .crossEntropy, layers: 2, hidden: 21)
    let vectors = GradientCase.network(cell, .meanSquaredError, layers: 2, hidden: 21)
    let labels = GradientCase.network(cell, .binaryCrossEntropy, layers: 1, hidden: 21)
    return GradientCase.both(
      [tied, symbols, vectors, labels].map {
        GradientCase(description: $0, timeSteps: 11, streams: 13, seed: 5)
      })
  }

  /// The other losses, weighted and with missing values.
  private static let otherLosses: [GradientCase] = GradientCase.valueLosses.suffix(6).map { loss in
    GradientCase(
      description: GradientCase.network(GradientCase.cells[2], loss, layers: 1, hidden: 21),
      timeSteps: 11, streams: 13, seed: 5, masked: true)
  }

  /// Enough work for the workers to be at it at the same time.
  static let large = GradientCase.both(
    GradientCase.cells.map { cell in
      GradientCase(
        description: GradientCase.network(
          cell, .crossEntropy, layers: 1, hidden: 131, embedding: 70),
        timeSteps: 40, streams: 13, seed: 6)
    })

  /// Fewer streams than workers, and weights so large that workers share their columns.
  @Test(arguments: GradientCase.cells.indices)
  func sharedColumnsDoNotChangeBits(_ index: Int) throws {
    let sample = GradientCase(
      description: GradientCase.network(
        GradientCase.cells[index], .crossEntropy, layers: 1, hidden: 257, embedding: 9),
      timeSteps: 7, streams: 2)
    let one = try sample.steps(workers: 1)
    for workers in [3, 4] {
      let several = try sample.steps(workers: workers)
      #expect(several.loss == one.loss)
      #expect(sameBits(several.outputs, one.outputs))
      #expect(sameBits(several.gradients, one.gradients))
    }
  }

  /// Networks that read the same packed weights, of which each packed a part.
  @Test(arguments: cases + large)
  func packingTogetherDoesNotChangeBits(_ sample: GradientCase) throws {
    let alone = try sample.run(streams: 0..<13)
    let members = try [1, 3, 2].map { try sample.run(streams: 0..<13, workers: $0) }
    let packed = Arena<Float>(count: alone.network.packedCount)
    packed.buffer.update(repeating: .nan)
    NetworkRun.packTogether(members, at: packed.base)
    for run in [alone] + members { run.step(sample.window(), dropout: sample.dropoutKey) }
    for member in members {
      #expect(member.loss == alone.loss)
      #expect(sameBits(member.outputs, alone.outputs))
      #expect(sameBits(member.gradients, alone.gradients))
    }
  }

  /// Summing by symbol first changes the gradients' rounding, but no bit of what goes forward.
  @Test(arguments: cases.filter(\.bySymbol) + large.filter(\.bySymbol))
  func forwardBySymbolIsTheSame(_ sample: GradientCase) throws {
    var byTimeStep = sample
    byTimeStep.bySymbol = false
    let runs = try [sample, byTimeStep].map { try $0.run(streams: 0..<13, workers: 2) }
    for run in runs { run.step(sample.window(), dropout: sample.dropoutKey) }
    #expect(runs[0].network.gradientCount > runs[1].network.gradientCount)
    #expect(runs[0].loss == runs[1].loss)
    #expect(sameBits(runs[0].outputs, runs[1].outputs))
  }

  @Test(arguments: cases + large)
  func workersDoNotChangeBits(_ sample: GradientCase) throws {
    let one = try sample.steps(workers: 1)
    for workers in [2, 3, 8, 20] {
      let several = try sample.steps(workers: workers)
      #expect(several.loss == one.loss, "\(workers) workers")
      #expect(sameBits(several.outputs, one.outputs), "\(workers) workers")
      #expect(sameBits(several.gradients, one.gradients), "\(workers) workers")
      #expect(sameBits(several.stateValues, one.stateValues), "\(workers) workers")
    }
  }

  /// Gradients of touched rows only are those of all rows, of which the others are zero.
  @Test(arguments: GradientCase.cells.indices)
  func packedRowsAreTheSame(_ index: Int) throws {
    var description = GradientCase.network(
      GradientCase.cells[index], .crossEntropy, layers: 1, hidden: 13, embedding: 21)
    description.input = .symbols(count: 90, embedding: 21)
    description.outputs = 90
    description.dropout.input = 0.2
    let sample = GradientCase(description: description, timeSteps: 6, streams: 4)
    let runs = try [false, true].map { packs in
      try NetworkRun(
        description, capacity: WindowDimensions(timeSteps: 6, streams: 4), workers: 3,
        bySymbol: false, packsTouchedRows: packs, weights: try randomWeights(description))
    }
    for run in runs {
      run.step(sample.window(), dropout: sample.dropoutKey)
      run.unpack()
    }
    let touched = try #require(runs[1].network.touchedRows)
    #expect(touched.count > 10 && touched.count <= 24)
    #expect(runs[1].network.writtenGradients.lowerBound == (90 - touched.count) * 21)
    #expect(sameBits(runs[0].gradients, runs[1].gradients))
  }

  /// Leaves of one stream or two, summed as a whole or in parts by themselves, as ranks and workers own
  /// them, whose sums are then added as the tree has it.
  @Test(arguments: cases)
  func subtreesMayBeSummedAnywhere(_ sample: GradientCase) throws {
    let window = sample.window()
    let tree = LeafTree(streams: 13, leaves: 8)
    let whole = try sample.run(streams: 0..<13)
    whole.step(window, dropout: sample.dropoutKey, leaves: tree.ends(of: 0..<8))
    let formed = whole.formed
    let energies = whole.ownEnergies
    whole.fold()
    for cuts in [[0, 4, 8], [0, 2, 4, 8], [0, 4, 6, 7, 8], Array(0...8)] {
      var sums: [Range<Int>: (gradients: [Float], loss: LossSum)] = [:]
      var ownEnergies: [Range<Int>: SignalEnergies] = [:]
      for (first, end) in zip(cuts, cuts.dropFirst()) {
        let streams = tree.streams(of: first..<end)
        let key = sample.dropoutKey.map {
          DropoutKey(
            seed: $0.seed, firstStream: $0.firstStream + streams.lowerBound,
            firstTimeStep: $0.firstTimeStep)
        }
        let run = try sample.run(streams: streams, workers: 2)
        run.wholeEnergies = energies
        run.step(window.part(streams: streams), dropout: key, leaves: tree.ends(of: first..<end))
        #expect(sameBits(run.outputs, whole.outputs(streams: streams, of: window)))
        sums[first..<end] = (run.formed, run.loss)
        ownEnergies[first..<end] = run.ownEnergies
      }
      let total = Self.sum(0..<8, sums)
      #expect(total.loss == whole.loss, "cut at \(cuts)")
      #expect(Self.sum(0..<8, ownEnergies) == energies, "cut at \(cuts)")
      #expect(sameBits(total.gradients, formed), "cut at \(cuts)")
      // Folding is the last step, of what all have.
      let last = try sample.run(streams: 0..<13)
      last.formed = total.gradients
      last.fold()
      #expect(sameBits(last.gradients, whole.gradients), "cut at \(cuts)")
    }
  }

  private static func sum(
    _ leaves: Range<Int>, _ sums: [Range<Int>: (gradients: [Float], loss: LossSum)]
  ) -> (gradients: [Float], loss: LossSum) {
    if let sum = sums[leaves] { return sum }
    let middle = (leaves.lowerBound + leaves.upperBound) / 2
    let (left, right) = (
      sum(leaves.lowerBound..<middle, sums), sum(middle..<leaves.upperBound, sums)
    )
    return (zip(left.gradients, right.gradients).map { $0 + $1 }, left.loss + right.loss)
  }

  private static func sum(
    _ leaves: Range<Int>, _ sums: [Range<Int>: SignalEnergies]
  ) -> SignalEnergies? {
    guard !sums.isEmpty else { return nil }
    if let sum = sums[leaves] { return sum }
    let middle = (leaves.lowerBound + leaves.upperBound) / 2
    guard let left = sum(leaves.lowerBound..<middle, sums),
      let right = sum(middle..<leaves.upperBound, sums)
    else { return nil }
    return left + right
  }

  /// A rank beyond the number of streams owns none, and takes part all the same.
  @Test(arguments: cases)
  func aRankMayOwnNoStreams(_ sample: GradientCase) throws {
    let run = try sample.run(streams: 4..<4, workers: 2)
    run.step(sample.window().part(streams: 4..<4), dropout: sample.dropoutKey)
    run.fold()
    run.carry(before: 3)
    #expect(run.loss == LossSum())
    #expect(run.gradients.allSatisfy { $0 == 0 })
    #expect(run.stateValues.isEmpty)
  }

  /// The tape keeps nothing of earlier, longer windows.
  @Test(arguments: cases)
  func aShortWindowInALargeNetworkIsTheSame(_ sample: GradientCase) throws {
    let short = sample.window().part(timeSteps: 4..<9)
    let used = try sample.run(streams: 0..<13)
    used.step(sample.window(), dropout: sample.dropoutKey)
    let before = used.stateValues
    used.forward(short, dropout: sample.dropoutKey)
    let fresh = try sample.run(streams: 0..<13)
    fresh.forward(short, dropout: sample.dropoutKey)
    #expect(sameBits(used.outputs, fresh.outputs))
    #expect(sameBits(used.stateValues, before))
  }
}

extension GradientCase {
  /// Two steps with the state carried.
  fileprivate func steps(workers: Int) throws -> NetworkRun {
    let run = try run(streams: 0..<streams, workers: workers)
    run.step(window(), dropout: dropoutKey)
    run.carry(before: 5)
    run.step(window().part(timeSteps: 5..<timeSteps), dropout: dropoutKey)
    run.carry(before: timeSteps - 5)
    run.fold()
    return run
  }
}

extension NetworkRun {
  /// The outputs of some streams, [T, streams, O].
  fileprivate func outputs(streams: Range<Int>, of window: SampleWindow) -> [Float] {
    (0..<window.dimensions.timeSteps).flatMap { timeStep in
      let first = (timeStep * window.dimensions.streams + streams.lowerBound) * window.outputs
      return outputs[first..<first + streams.count * window.outputs]
    }
  }
}
