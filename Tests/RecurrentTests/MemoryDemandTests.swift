import AllocationCounter
import Recurrent
import Storage
import Testing
import Workers

/// What is foretold of a network's memory is what it takes.
struct MemoryDemandTests {
  private static let descriptions = [
    NetworkDescription(
      input: .symbols(count: 9000, embedding: 400), cell: "lstm", layers: 2, hidden: 600,
      outputs: 9000, loss: .crossEntropy),
    NetworkDescription(
      input: .symbols(count: 3000, embedding: 256), cell: "gru", hidden: 256, outputs: 3000,
      loss: .crossEntropy, tied: true),
    NetworkDescription(
      input: .vectors(width: 40), cell: "elman", layers: 3, hidden: 1200, outputs: 12,
      loss: .meanSquaredError),
  ]

  /// Allocations are counted for a whole process, so each case has one of its own.
  @Test(.enabled(if: allocation_counter_works(), "malloc cannot be asked here"))
  func isWhatIsAllocated() async {
    await #expect(processExitsWith: .success) {
      for description in Self.descriptions {
        let (timeSteps, streams) = (30, 40)
        let before = allocated_bytes()
        let network = try Network(
          description, capacity: WindowDimensions(timeSteps: timeSteps, streams: streams),
          pool: WorkerPool(workers: 1),
          form: GradientForm(description, bySymbol: false, packsTouchedRows: false))
        let weights = Arena<Float>(count: network.layout.count)
        network.pack(weights.base)
        let gradients = Arena<Float>(count: network.gradientCount)
        let taken = Double(allocated_bytes() - before)
        let demand = try #require(
          MemoryDemand(
            description, timeSteps: timeSteps, streams: streams, workers: 1, trains: true))
        #expect(Int(demand.parameterCount) == network.layout.elementCount)
        let foretold = demand.shared + demand.own
        // Each arena of several large pages may take one more, so that it begins on one.
        let pages = Double(12 * (description.layers + 1) << 21)
        #expect(foretold > 0.95 * (taken - pages), "\(foretold) of \(taken) bytes")
        #expect(foretold < 1.05 * taken, "\(foretold) of \(taken) bytes")
        _ = (gradients.count, weights.count)
      }
    }
  }

  /// The largest configuration there can be overflows nothing.
  @Test func sizesBeyondAnyMemory() throws {
    let description = NetworkDescription(
      input: .symbols(count: Int(Int32.max), embedding: 1 << 24), cell: "lstm", layers: 10_000,
      hidden: 1 << 24, outputs: Int(Int32.max), loss: .crossEntropy)
    let demand = try #require(
      MemoryDemand(
        description, timeSteps: Int(Int32.max), streams: Int(Int32.max), workers: 65_536,
        moments: 2,
        trains: true))
    #expect(demand.shared > 1e19 && demand.own > 1e25 && demand.own.isFinite)
  }
}
