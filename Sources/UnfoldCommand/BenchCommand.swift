import ArgumentParser
import Unfold

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed.", subcommands: [BenchStepCommand.self])
}

struct BenchStepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: "Time the training step of a configuration.")

  @OptionGroup var source: ConfigurationOptions

  @Option(help: "Workers of each rank.")
  var workers: Int?

  @Option(help: "Timed steps.")
  var steps = 30

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
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
      let benchmark = try StepBenchmark(configuration, resources: resources, steps: steps)
      guard communicator.isRoot else { return }
      print(json ? try JSONText.pretty(benchmark) : benchmark.table, terminator: "")
    }
  }
}
