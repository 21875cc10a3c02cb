import CKernels
import Communication
import Dispatch
import Foundation
import Logging
import SequenceData
import Settings
import Storage
import Workers

/// The speed of a configuration's step, as `unfold bench step` prints it.
package struct StepBenchmark: Sendable, Codable {
  package let name: String
  package let ranks: Int
  /// The nodes that the ranks are on.
  package let nodes: Int
  package let workers: Int
  package let variant: String
  package let steps: Int
  /// Of the median step, all ranks together.
  package let tokensPerSecond: Double
  /// Medians of each phase of a step on rank 0.
  package let milliseconds: [String: Double]
  /// How much longer than the mean over ranks the slowest one's forward and backward take, of their
  /// medians: 0.1 is a tenth.
  package let imbalance: Double
  /// The bytes of the gradients that a step sums over ranks.
  package let exchangeBytes: Int
  /// Model arithmetic of the median step a second: 6 × weights a counted time step, look-up free.
  package let gflops: Double
  /// What this rank's workers can multiply and add, times the ranks, measured in the same run.
  package let peakGflops: Double
  package let fractionOfPeak: Double
  /// The same where the gates' arithmetic counts, too: what is left of 1 goes into memory, forks and
  /// losses.
  package let fractionOfBound: Double
  /// The largest resident memory of rank 0.
  package let peakRssBytes: Int

  enum CodingKeys: String, CodingKey {
    case name, ranks, nodes, workers, variant, steps, milliseconds, imbalance, gflops
    case tokensPerSecond = "tokens_per_second"
    case peakGflops = "peak_gflops"
    case fractionOfPeak = "fraction_of_peak"
    case fractionOfBound = "fraction_of_bound"
    case peakRssBytes = "peak_rss_bytes"
    case exchangeBytes = "exchange_bytes"
  }
}

extension StepBenchmark {
  /// Times `steps` steps of a configuration after `warmUp` ones; saves nothing, never validates.
  ///
  /// - Throws: `AgreedFailure`, `RunFailure.notFinite`, `CommunicationError`.
  package init(
    _ configuration: Configuration, resources: RankResources, steps: Int, warmUp: Int = 5,
    logger: Logger = Logger(label: "unfold")
  ) throws {
    let session = try TrainingSession(
      configuration, resources: resources, weights: .initial, logger: logger)
    let before = try Self.measurePeak(resources)
    let timed = try Self.run(session, steps: warmUp + steps).suffix(steps)
    let seconds = Spread(timed.map(\.times.total)).median
    let tokens = Spread(timed.map(\.tokens)).median
    name = configuration.name
    ranks = resources.communicator.size
    nodes = resources.communicator.node.count
    workers = resources.pool.workers
    variant = resources.variant
    self.steps = steps
    tokensPerSecond = tokens / seconds
    milliseconds = Self.phases.mapValues { phase in
      Spread(timed.map { $0.times[keyPath: phase] * 1000 }).median
    }
    imbalance = try Self.imbalance(timed, resources.communicator)
    exchangeBytes = session.step.network.writtenGradients.count * MemoryLayout<Float>.size
    gflops =
      session.step.network.modelFlopsPerTimeStep * tokens * Self.growth(configuration) / seconds
      * 1e-9
    peakGflops = max(before, try Self.measurePeak(resources))
    fractionOfPeak = gflops / peakGflops
    let network = session.step.network
    fractionOfBound =
      fractionOfPeak * network.flopsOfBoundPerTimeStep / network.modelFlopsPerTimeStep
    peakRssBytes = Self.peakResidentBytes
  }

  private static func run(_ session: TrainingSession, steps: Int) throws -> [StepRecord] {
    var records: [StepRecord] = []
    while true {
      let (plan, windows) = try session.windows(ofEpoch: 0)
      for window in 0..<windows.count {
        let record = try session.step.run(
          windows[window], of: plan, step: records.count + 1,
          learningRate: session.initialSchedule.rate(step: records.count + 1, epoch: 1),
          earlierTimeSteps: 0)
        if let record { records.append(record) }
        if records.count == steps { return records }
      }
      session.step.state.reset()
    }
  }

  private static let phases: [String: any KeyPath<StepTimes, Double> & Sendable] = [
    "forward": \.forward, "backward": \.backward, "exchange": \.exchange, "hidden": \.hidden,
    "update": \.update, "wait": \.wait, "total": \.total,
  ]

  private static func imbalance(
    _ timed: ArraySlice<StepRecord>, _ communicator: any Communicator
  ) throws(CommunicationError) -> Double {
    // Whole nanoseconds, so that one rank is as slow as itself.
    let own = Int64(Spread(timed.map { $0.times.forward + $0.times.backward }).median * 1e9)
    let slowest = Double(try communicator.allreduceMaximum(own))
    var sum = Double(own)
    try communicator.allreduceSum(&sum, count: 1)
    return sum > 0 ? max(0, slowest * Double(communicator.size) / sum - 1) : 0
  }

  /// With k2 > k1 the window's arithmetic grows, while its tokens count once.
  private static func growth(_ configuration: Configuration) -> Double {
    guard case .windows(let k1, let k2) = configuration.truncation else { return 1 }
    return Double(k2) / Double(k1)
  }

  /// Multiply-adds in registers, on all workers of all ranks at once.
  private static func measurePeak(_ resources: RankResources) throws -> Double {
    let kernels = Common(unfold_active_kernels())
    let iterations = 2_000_000
    try resources.communicator.barrier()
    let started = DispatchTime.now().uptimeNanoseconds
    resources.pool.run { _ in _ = kernels.pointee.multiply_add_peak(iterations) }
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) * 1e-9
    let operations =
      kernels.pointee.multiply_add_peak(1) * Double(iterations * resources.pool.workers)
    return operations / seconds * 1e-9 * Double(resources.communicator.size)
  }

  private static var peakResidentBytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
