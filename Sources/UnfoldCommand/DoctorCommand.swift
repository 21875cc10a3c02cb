import ArgumentParser
import Files
import Unfold

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the MPI installation; start it under mpirun with the ranks to be used.")

  func run() throws {
    try Job.run { communicator in
      let lines = try runCommunicationSelfTest(communicator)
      if communicator.isRoot { try StandardStream.output(lines.joined(separator: "\n") + "\n") }
    }
  }
}
