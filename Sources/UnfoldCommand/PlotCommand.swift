import ArgumentParser
import Files
import Unfold

struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw how runs learn, what a model predicts beside what is true, or a sweep.",
    discussion: "Draws by gnuplot. An earlier file of the picture's name is replaced.")

  @Argument(help: "Runs' folders, whose curves are in one picture, or a sweep's folder.")
  var runs: [String]

  @Option(
    help: """
      The picture, FILE.svg or FILE.png (default: plot.svg in the run's folder; of several runs in \
      the current one).
      """)
  var output: String?

  @Option(help: "A file like the training data to predict (default: the validation part).")
  var data: String?

  @Option(help: "Workers (default: as many as cores).")
  var workers: Int?

  func validate() throws {
    try require("--workers", workers, in: 1...65536)
    guard isPNG || path.lowercased().hasSuffix(".svg") else {
      throw ValidationError("--output is \"\(path)\", expected a name that ends in .svg or .png")
    }
    guard data == nil || runs.count == 1 else {
      throw ValidationError("--data needs one run, given are \(runs.count)")
    }
  }

  private var path: String { output ?? (runs.count == 1 ? "\(runs[0])/plot.svg" : "plot.svg") }

  private var isPNG: Bool { path.lowercased().hasSuffix(".png") }

  func run() throws {
    try Job.run { communicator in
      try communicator.agree {
        guard communicator.isRoot else { return }
        if runs.count == 1, TrialTable.isThere(in: runs[0]) {
          try drawSweep()
        } else {
          try drawRuns()
        }
        StandardStream.error("unfold: the picture is in \(path)\n")
      }
    }
  }

  private func drawRuns() throws {
    let curves = try zip(runs, names).map { run, name in
      try LearningCurve(path: run, name: name)
    }
    guard let gnuplot = Gnuplot() else { throw Gnuplot.Absent() }
    let predictions = try curves.count == 1 ? predictionCurves() : []
    let plots = RunPlots(curves, predictions: predictions)
    try write { log in try plots.picture(gnuplot, isPNG: isPNG, errorsTo: log) }
  }

  private func drawSweep() throws {
    guard data == nil else {
      throw TrainingError.unsuitable(
        "--data is for the plot of one run, \(runs[0]) is a sweep; leave it out, or give a trial's "
          + "folder")
    }
    let plots = try SweepPlots(TrialTable(folder: runs[0]))
    guard let gnuplot = Gnuplot() else { throw Gnuplot.Absent() }
    try write { log in try plots.picture(gnuplot, isPNG: isPNG, errorsTo: log) }
  }

  /// What tells the runs apart: the last parts of their paths where these differ.
  private var names: [String] {
    let last = runs.map { run in run.split(separator: "/").last.map(String.init) ?? run }
    return Set(last).count == last.count ? last : runs
  }

  /// A run without a checkpoint, or whose validation part cannot be predicted, has a learning curve all
  /// the same; a line says what is missing.
  ///
  /// - Throws: what is wrong with the model or with `data`, if that is given.
  private func predictionCurves() throws -> [PredictionCurve] {
    do {
      let model = try TrainedModel(
        path: runs[0],
        resources: RankResources(communicator: SoloCommunicator(), workers: workers))
      guard data != nil || model.tellsValues else { return [] }
      let predictions = try model.predictionCurves(on: data)
      StandardStream.error(
        "unfold: using \(([model.path] + model.warnings).joined(separator: "; "))\n")
      return predictions
    } catch {
      guard data == nil else { throw error }
      StandardStream.error("unfold: no prediction in the picture: \(error)\n")
      return []
    }
  }

  /// Writes the picture; gnuplot's messages are kept where it failed.
  private func write(_ picture: (_ log: String) throws -> [UInt8]) throws {
    let log = "\(path).log"
    try TextFile.write(try picture(log), to: path)
    try FileSystem().remove(log)
  }
}
