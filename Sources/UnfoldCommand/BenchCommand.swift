import ArgumentParser
import Files
import Unfold

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed.",
    subcommands: [BenchStepCommand.self, BenchKernelsCommand.self])
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
    if warmUp < 0 { throw ValidationError("--warm-up is \(warmUp), expected 0 or more") }
    if steps < 1 { throw ValidationError("--steps is \(steps), expected 1 or more") }
    if let workers, workers < 1 {
      throw ValidationError("--workers is \(workers), expected 1 or more")
    }
  }

  func run() throws {
    try Job.run { communicator in
      let configuration = try source.read(communicator)
      let resources = try RankResources(
        communicator: communicator, workers: workers ?? configuration.parallel.workers)
      let benchmark = try StepBenchmark(
        configuration, resources: resources, steps: steps, warmUp: warmUp)
      guard communicator.isRoot else { return }
      print(json ? JSON.pretty(benchmark) : benchmark.table, terminator: "")
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
      print(json ? JSON.pretty(benchmark) : benchmark.table, terminator: "")
    }
  }
}
