import ArgumentParser
import Foundation

/// `unfold`: trains recurrent networks across MPI ranks, and uses what was trained.
@main
struct UnfoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfold",
    abstract: "Trains recurrent networks by truncated BPTT over MPI ranks × workers.",
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, PredictCommand.self, GenerateCommand.self,
      InspectCommand.self, PrepareCommand.self, BenchCommand.self, KeysCommand.self,
      DoctorCommand.self,
    ])

  /// Under mpirun every rank reads the same arguments, so rank 0 alone speaks of what is wrong.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      guard LaunchedRank.current == 0 else { Foundation.exit(exitCode(for: error).rawValue) }
      exit(withError: error)
    }
  }
}
