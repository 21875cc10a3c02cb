import AllocationCounter
import Recurrent
import Storage
import Testing

/// Zero allocations per step after warm-up. Allocations are counted for a whole process, so each
/// case has one of its own.
@Suite(.enabled(if: allocation_counter_works(), "malloc cannot be counted here"))
struct AllocationTests {
  @Test(arguments: GradientCase.cells.indices)
  func stepsAllocateNothing(_ index: Int) async {
    await #expect(processExitsWith: .success) { [index] in
      for loss in GradientCase.losses + GradientCase.valueLosses {
        var description = GradientCase.network(
          GradientCase.cells[index], loss, layers: 2, hidden: 20, embedding: 20)
        description.dropout = DropoutRates(input: 0.1, between: 0.2, output: 0.3)
        description.tied = loss == .crossEntropy
        let allocations = try Self.allocations(description, steps: 20)
        #expect(allocations == 0, "\(loss.kind)")
      }
    }
  }

  /// With several workers a fork costs a few blocks (WorkerPoolTests), but the work costs none:
  /// ten times as much of it allocates as little.
  @Test(arguments: GradientCase.cells.indices)
  func workersAllocateNothing(_ index: Int) async {
    await #expect(processExitsWith: .success) { [index] in
      let description = GradientCase.network(
        GradientCase.cells[index], .crossEntropy, layers: 2, hidden: 20)
      let few = try Self.allocations(description, steps: 100, timeSteps: 5, workers: 3)
      let many = try Self.allocations(description, steps: 100, timeSteps: 50, workers: 3)
      #expect(abs(many - few) < few / 4, "\(few) and \(many) allocations")
    }
  }

  /// The allocations of some steps after a first one.
  private static func allocations(
    _ description: NetworkDescription, steps: Int, timeSteps: Int = 9, workers: Int = 1
  ) throws -> Int {
    let sample = GradientCase(description: description, timeSteps: timeSteps, streams: 5)
    let run = try sample.run(streams: 0..<5, workers: workers)
    let (network, state) = (run.network, run.state)
    let weights = Arena<Float>(count: network.layout.count)
    let gradients = Arena<Float>(count: network.gradientCount)
    network.initialize(weights.base, seed: 1)
    var before = 0
    sample.window().withBatch { batch in
      var batch = batch
      for step in 0...steps {
        if step == 1 { before = allocation_count() }
        gradients.clear()
        network.pack(weights.base)
        batch.energies = description.loss.energies(of: batch, leaf: 0, state: state)
        let forward = network.forward(
          batch, weights: weights.base, from: state, dropout: sample.dropoutKey)
        forward.captureState(before: 4, into: state)
        forward.costAndGradient().formGradients(at: gradients.base)
        network.fold(gradients.base, weights: weights.base)
      }
    }
    return allocation_count() - before
  }
}
