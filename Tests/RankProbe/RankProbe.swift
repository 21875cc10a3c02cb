import AllocationCounter
import Foundation
import Unfold

/// A user's own program, which tests start on several ranks: `RankProbe MODE OUTPUT`.
@main
enum RankProbe {
  /// What goes wrong here on purpose.
  struct Mishap: Error, CustomStringConvertible {
    let description: String
  }

  static func main() {
    do {
      let arguments = CommandLine.arguments
      guard arguments.count == 3 else { throw Mishap(description: "usage: RankProbe MODE OUTPUT") }
      try Ranks.run { communicator in
        try run(arguments[1], output: arguments[2], communicator)
      }
    } catch {
      FileHandle.standardError.write(Data("RankProbe: \(error)\n".utf8))
      exit(3)
    }
  }

  private static func run(
    _ mode: String, output: String, _ communicator: any Communicator
  ) throws {
    switch mode {
    case "failing-sink":
      let sink = ActingSink { step in
        if step == 3 { throw Mishap(description: "the sink is full") }
      }
      _ = try trainer(output, communicator, sink: sink).run()
    case "failing-rank":
      if communicator.rank == 1 { throw Mishap(description: "rank 1 has had enough") }
      try communicator.barrier()
    case "stop":
      var stop: () -> Void = {}
      let trainer = try trainer(output, communicator, sink: ActingSink { if $0 == 3 { stop() } })
      stop = { trainer.stop() }
      let summary = try trainer.run()
      if communicator.isRoot { print("stopped after", summary.steps, summary.interrupted) }
    case "endless-loop":
      CellRegistry.register(StuckCell.self)
      if communicator.rank == 1 { StuckCell.remaining.store(500, ordering: .relaxed) }
      let stuck = try configuration(steps: 1_000_000, cell: StuckCell.name, timeout: 2)
      _ = try trainer(output, communicator, stuck).run()
    case "slow-sink":
      // Longer than the timeout, but with signs of life.
      let sink = ActingSink { step in
        for _ in 0..<(step == 2 ? 6 : 0) {
          Thread.sleep(forTimeInterval: 0.5)
          Heartbeat.beat()
        }
      }
      let slow = try configuration(steps: 4, timeout: 2)
      let summary = try trainer(output, communicator, slow, sink: sink).run()
      if communicator.isRoot { print("steps:", summary.steps) }
    case "allocations":
      try countAllocations(communicator, output: output)
    default:
      throw Mishap(description: "no mode is called \(mode)")
    }
  }

  private static func configuration(
    steps: Int, cell: String = "lstm", timeout: Int = 300
  ) throws -> Configuration {
    try Configuration(
      yaml: """
        data: {kind: random, symbols: 20, samples: 40000, validation_samples: 8}
        model: {cell: \(cell), layers: 2, hidden: 8, embedding: 8, tie: true, dropout: 0.2}
        batch: {streams: 4}
        bptt: {k1: 4, k2: 6}
        optimizer: {kind: adam}
        clip: {norm: 1}
        training: {steps: \(steps)}
        parallel: {timeout: \(timeout)}
        """)
  }

  private static func trainer(
    _ output: String, _ communicator: any Communicator, _ configuration: Configuration? = nil,
    sink: ActingSink? = nil
  ) throws -> Trainer {
    try Trainer(
      try configuration ?? self.configuration(steps: 1_000_000),
      resources: try RankResources(communicator: communicator, workers: 1), output: output,
      displays: [sink].compactMap { $0 })
  }

  /// Prints what 400 steps of a Trainer allocate on each rank, at 1 and at 2 workers: the difference
  /// between a long and a short run, so that what a run makes once does not count.
  private static func countAllocations(_ communicator: any Communicator, output: String) throws {
    for workers in [1, 2] {
      let resources = try RankResources(communicator: communicator, workers: workers)
      var runs = 0
      func allocations(steps: Int) throws -> Int {
        runs += 1
        let trainer = try Trainer(
          try configuration(steps: steps), resources: resources,
          output: "\(output)-\(workers)-\(runs)")
        let before = allocation_count()
        _ = try trainer.run()
        return allocation_count() - before
      }
      _ = try allocations(steps: 50)
      let added = try -allocations(steps: 50) + allocations(steps: 450)
      let all = try communicator.gather("\(added)", at: 0)
      if let all { print("workers \(workers):", all.joined(separator: " ")) }
    }
  }
}

/// Does something at each step.
private final class ActingSink: MetricsSink {
  private let act: (_ step: Int) throws -> Void

  init(_ act: @escaping (Int) throws -> Void) { self.act = act }

  func begin(_ outline: RunOutline) {}
  func record(_ record: StepRecord) throws { try act(record.step) }
  func end(_ summary: TrainingSummary) throws {}
}
