import Recurrent
import Storage
import Testing

/// Losses, outputs, states and gradients against the double-precision reference.
struct GradientTests {
  @Test(
    arguments: GradientCase.both(GradientCase.small + GradientCase.special) + GradientCase.values
      + GradientCase.skipping)
  func agreeWithTheReference(_ sample: GradientCase) throws {
    let window = sample.window()
    let expected = try sample.reference().run(
      window, state: sample.state().map(Double.init), dropout: sample.dropoutKey)
    let run = try sample.run(streams: 0..<sample.streams, workers: 2)
    run.step(window, dropout: sample.dropoutKey)
    run.fold()
    run.expect(expected, timeSteps: sample.timeSteps)
  }

  /// What counts as right, against a plain count.
  @Test func hitsAndScoresAreCounted() throws {
    for loss in [Loss.crossEntropy, .binaryCrossEntropy] {
      let sample = GradientCase(
        description: GradientCase.network(GradientCase.cells[3], loss, layers: 1, hidden: 5))
      let window = sample.window()
      let run = try sample.run(streams: 0..<sample.streams)
      run.step(window)
      var expected = LossSum()
      for row in 0..<window.dimensions.rows where window.weights[row] != 0 {
        let outputs = run.outputs[row * window.outputs..<(row + 1) * window.outputs]
        let targets = window.targetValues[row * window.outputs..<(row + 1) * window.outputs]
        let target = outputs[outputs.startIndex + Int(window.targetClasses[row])]
        let isHit =
          loss == .crossEntropy
          ? target == outputs.max() : zip(outputs, targets).allSatisfy { ($0 > 0) == ($1 > 0.5) }
        expected.hits += isHit ? Double(window.weights[row]) : 0
        expected.scored += Double(window.scored[row])
        expected.scoredHits += isHit ? Double(window.scored[row]) : 0
      }
      #expect(run.loss.hits == expected.hits)
      #expect(run.loss.scored == expected.scored && run.loss.scored > 0)
      #expect(run.loss.scoredHits == expected.scoredHits)
    }
  }

  /// A second window adds to what is there.
  @Test func gradientsAreAdded() throws {
    let sample = GradientCase.small[0]
    let once = try sample.run(streams: 0..<sample.streams)
    let twice = try sample.run(streams: 0..<sample.streams)
    once.step(sample.window())
    twice.step(sample.window())
    twice.step(sample.window())
    let doubled = once.gradients.map { 2 * Double($0) }
    #expect(firstDifference(twice.gradients, doubled, relative: Tolerance.gradient) == nil)
  }

  /// Gradients take the place of whatever was there (`NetworkRun` leaves it NaN), also without streams.
  @Test(arguments: GradientCase.both(GradientCase.small + GradientCase.special))
  func gradientsStartFromZero(_ sample: GradientCase) throws {
    for streams in [0..<sample.streams, 1..<1] {
      let run = try sample.run(streams: streams, workers: 2)
      run.step(sample.window().part(streams: streams), dropout: sample.dropoutKey)
      run.fold()
      #expect(run.gradients.allSatisfy { $0.isFinite })
    }
  }

  /// Whatever goes wrong in the weights must show in the loss, where training looks for it.
  @Test(arguments: GradientCase.cells.indices)
  func aNaNInAnyWeightReachesTheLoss(_ index: Int) throws {
    let description = GradientCase.network(
      GradientCase.cells[index], .meanSquaredError, layers: 2, hidden: 5)
    let window = SampleWindow(description, timeSteps: 4, streams: 2, seed: 4)
    let weights = try randomWeights(description)
    let capacity = window.dimensions
    let layout = try NetworkRun(description, capacity: capacity, weights: weights).network.layout
    for parameter in layout.parameters {
      var damaged = weights
      damaged[parameter.offset + parameter.count - 1] = .nan
      let run = try NetworkRun(description, capacity: capacity, weights: damaged)
      run.stateValues = run.stateValues.map { _ in 0.5 }
      run.step(window)
      #expect(!run.loss.sum.isFinite, "\(parameter.name)")
    }
  }
}
