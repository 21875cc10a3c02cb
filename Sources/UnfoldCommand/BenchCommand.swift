import ArgumentParser
import Files
import Unfold

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed.",
    subcommands: [
      BenchStepCommand.self, BenchScaleCommand.self, BenchExchangeCommand.self,
      BenchKernelsCommand.self,
    ])
}

struct BenchStepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: "Time the training step of a configuration.")

  @OptionGroup var source: ConfigurationOptions

  @Option(help: "Workers of each rank.")
  var workers: Int?

  @Option(help: "Timed steps.")
  var steps = 30

  @Option(help: "Steps before those that are timed.")
  var warmUp = 5

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    try require("--warm-up", warmUp, in: 0...1_000_000)
    try require("--steps", steps, in: 1...1_000_000)
    try require("--workers", workers, in: 1...65536)
  }

  func run() throws {
    try Job.run { communicator in
      let configuration = try source.read(communicator)
      let resources = try RankResources(
        communicator: communicator, workers: workers ?? configuration.parallel.workers)
      let benchmark = try StepBenchmark(
        configuration, resources: resources, steps: steps, warmUp: warmUp)
      guard communicator.isRoot else { return }
      try StandardStream.output(json ? JSON.pretty(benchmark) : benchmark.table)
    }
  }
}

struct BenchKernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "Time every kernel on one core, beside the bound of its arithmetic or memory.")

  @Option(help: "Milliseconds that each of five rounds of a kernel takes at least.")
  var milliseconds = 20.0

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if !(milliseconds > 0 && milliseconds <= 10_000) {
      throw ValidationError("--milliseconds is \(milliseconds), expected more than 0, up to 10000")
    }
  }

  func run() throws {
    try Job.run { communicator in
      _ = try RankResources(communicator: communicator, workers: 1)
      guard communicator.isRoot else { return }
      let benchmark = KernelBenchmark(milliseconds: milliseconds)
      try StandardStream.output(json ? JSON.pretty(benchmark) : benchmark.table)
    }
  }
}
