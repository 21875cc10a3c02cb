import ArgumentParser
import Files
import Unfold

struct BenchScaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Measure strong and weak scaling over ranks and workers, and fit a model to it.",
    discussion: "Starts the ranks itself by launch/mpirun.sh, also in a Slurm job.")

  @OptionGroup var source: ConfigurationOptions

  @Option(help: "Numbers of ranks, such as \"1 2 4\".")
  var ranks: String

  @Option(help: "Numbers of workers of each rank, such as \"1 2\".")
  var workers = "1"

  @Option(help: "strong keeps batch.streams, weak lets them grow with the cores.")
  var mode = Mode.both

  @Option(help: "One host a line, as launch/mpirun.sh takes it.")
  var hostfile: String?

  @Option(help: "How often each point is measured, all in turns.")
  var rounds = 3

  @Option(help: "Timed steps of each measurement.")
  var steps = 10

  @Option(help: "Microseconds of a message between nodes, where they cannot be fitted.")
  var latency = 20.0

  @Option(help: "Seconds after which a measurement is ended.")
  var timeLimit = 600

  @Option(help: "The folder of the results (default: runs/scale-NAME).")
  var output: String?

  enum Mode: String, ExpressibleByArgument, CaseIterable {
    case strong, weak, both

    var scaling: [ScalingMode] {
      switch self {
      case .strong: [.strong]
      case .weak: [.weak]
      case .both: [.strong, .weak]
      }
    }
  }

  func validate() throws {
    _ = try counts("--ranks", ranks, in: 1...65536)
    _ = try counts("--workers", workers, in: 1...65536)
    try require("--rounds", rounds, in: 1...1000)
    try require("--steps", steps, in: 1...1_000_000)
    try require("--time-limit", timeLimit, in: 1...1_000_000)
    if !(latency > 0 && latency <= 1e6) {
      throw ValidationError("--latency is \(latency), expected more than 0, up to 1000000")
    }
  }

  func run() throws {
    try Job.runAlone {
      let configuration = try Configuration(path: source.config, overrides: source.overrides)
      let plan = ScalingPlan(
        configuration, ranks: try counts("--ranks", ranks, in: 1...65536),
        workers: try counts("--workers", workers, in: 1...65536), modes: mode.scaling)
      let results = ScalingResults(folder: output ?? "runs/scale-\(configuration.name)")
      let launcher = try RankLauncher(log: results.log, hostfile: hostfile, timeLimit: timeLimit)
      try results.begin()
      var measurements = ScalingMeasurements(plan)
      do {
        try measurements.take(rounds: rounds) { point, round in
          try measure(point, of: plan, round, launcher)
        }
      } catch {
        // What is wrong with the measurement is to be told, whatever is wrong with the disk.
        try? results.write(measurements)
        throw error
      }
      let report = ScalingReport(
        name: configuration.name, measurements, assumedLatency: latency * 1e-6)
      try results.write(report)
      try StandardStream.output(report.text)
      try results.draw(report)
    }
  }

  private func measure(
    _ point: ScalingPoint, of plan: ScalingPlan, _ round: Int, _ launcher: RankLauncher
  ) throws -> ScalingRound {
    StandardStream.error(
      "unfold: round \(round) of \(rounds): \(point.ranks) ranks × \(point.workers) workers, "
        + "\(point.streams) streams\n")
    let settings = (source.overrides + plan.settings(of: point)).flatMap { ["--set", $0] }
    let arguments =
      ["bench", "step", source.config, "--steps", "\(steps)", "--json"] + settings
    let output = try launcher.run(arguments, ranks: point.ranks, workers: point.workers)
    guard let benchmark = JSON.value(StepBenchmark.self, from: output) else {
      throw LaunchFailure.unreadable(
        command: arguments.joined(separator: " "), log: launcher.log)
    }
    return ScalingRound(benchmark)
  }
}
