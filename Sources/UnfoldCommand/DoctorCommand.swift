import ArgumentParser
import Files
import Logging
import Unfold

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check whether machines and MPI are set up well; start it with the ranks to be used.")

  @Flag(help: "Also say what is well.")
  var verbose = false

  @Option(help: "Workers of each rank (default: this rank's share of the cores).")
  var workers: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws { try require("--workers", workers, in: 1...65536) }

  func run() throws {
    try Job.run { communicator in
      let selfTest = try runCommunicationSelfTest(communicator)
      // What it would warn of, the report says.
      var logger = Logger(label: "unfold")
      logger.logLevel = .critical
      let resources = try RankResources(
        communicator: communicator, workers: workers, logger: logger)
      let report = try DoctorReport(
        examining: resources, areWorkersGiven: workers != nil, selfTest: selfTest)
      guard let report else { return }
      try StandardStream.output(json ? JSON.pretty(report) : report.text(verbose: verbose))
    }
  }
}
