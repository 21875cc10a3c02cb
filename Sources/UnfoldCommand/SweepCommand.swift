import ArgumentParser
import Files
import Logging
import Sweeps
import Unfold

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train many variants of a configuration, in groups of ranks that take turns.",
    discussion: "Ends with 3 where trials have failed, and with 75 where a signal came.")

  @OptionGroup var source: ConfigurationOptions

  @Option(
    help: ArgumentHelp(
      """
      A key and its values, such as seed=1..10 or model.hidden=16,32; may be repeated, trials are the \
      product.
      """, valueName: "key=values"))
  var vary: [String] = []

  @Option(help: "Draw so many trials of the product, by the seed.")
  var random: Int?

  @Option(help: "A CSV file of trials, whose first line names the keys.")
  var list: String?

  @Option(help: "Ranks that train one trial together.")
  var ranksPerTrial = 1

  @Option(help: "The sweep's folder (default: runs/sweep-NAME).")
  var output: String?

  @Flag(help: "Go on with the folder's sweep: train what is missing or was broken off.")
  var resume = false

  @Flag(help: "With --resume: train failed trials again.")
  var retryFailed = false

  @Option(help: "End trials that fall behind the median of the others.")
  var stopBehind: Rule?

  enum Rule: String, ExpressibleByArgument, CaseIterable {
    case median
  }

  /// Trials have failed, the others are done.
  private static let someFailed = ExitCode(3)

  func validate() throws {
    try require("--random", random, in: 1...100_000)
    try require("--ranks-per-trial", ranksPerTrial, in: 1...65536)
    guard list == nil || vary.isEmpty && random == nil else {
      throw ValidationError("--list says what the trials are; leave --vary and --random out")
    }
    guard list != nil || !vary.isEmpty else {
      throw ValidationError("nothing varies; give --vary key=values or --list FILE")
    }
    guard resume || !retryFailed else {
      throw ValidationError("--retry-failed needs --resume")
    }
  }

  func run() throws {
    var code = ExitCode.success
    try Job.run { communicator in
      let logger = Logger(label: "unfold")
      let (trials, workers) = try communicator.agree { try self.trials() }
      let resources = try RankResources(
        communicator: communicator, workers: workers, logger: logger)
      var options = Sweep.Options()
      options.ranksPerTrial = ranksPerTrial
      options.resume = resume
      options.retryFailed = retryFailed
      options.stopsBehind = stopBehind == .median
      let sweep = try Sweep(
        configuration: source.config, overrides: source.overrides, list: trials, output: output,
        options: options, resources: resources, logger: logger)
      // Until here there is nothing to save, and a signal ends the process at once.
      let summary = try sweep.run(until: StopSignals())
      if communicator.isRoot { try StandardStream.output(summary.text + "\n") }
      if let signal = summary.signal {
        code = ExitCode(StopSignals.exitCode)
        if communicator.isRoot { tell(signal) }
      } else if summary.count(.failed) > 0 {
        code = Self.someFailed
      }
    }
    // Once all have ended MPI, so that no rank takes the others with it.
    guard code == .success else { throw code }
  }

  /// The trials, and the workers that the configuration asks for in all of them.
  private func trials() throws -> (TrialList, workers: Int?) {
    if let list {
      let trials = try TrialList(path: list)
      return (trials, try workers(of: trials.trials[0].overrides))
    }
    let variations = try vary.map { text in try Variation(text) }
    let first = variations.map { "\($0.key)=\($0.values[0])" }
    guard let random else {
      return (try TrialList(variations), try workers(of: first))
    }
    // What varies may be what it lacks.
    let configuration =
      try (try? Configuration(path: source.config, overrides: source.overrides))
      ?? Configuration(path: source.config, overrides: source.overrides + first)
    let trials = try TrialList(variations, drawing: random, seed: configuration.seed)
    return (trials, configuration.parallel.workers)
  }

  /// A first trial that makes no sense does not keep the others from theirs.
  private func workers(of trial: [String]) throws -> Int? {
    let configuration = try? Configuration(
      path: source.config, overrides: source.overrides + trial)
    return configuration?.parallel.workers
  }

  private func tell(_ signal: Int32) {
    StandardStream.error(
      "unfold: interrupted by \(StopSignals.name(of: signal)); the trials have checkpoints; go on "
        + "with --resume\n")
  }
}
