import ArgumentParser
import Files
import Foundation

/// `unfold`: trains recurrent networks across MPI ranks, and uses what was trained.
@main
struct UnfoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfold",
    abstract: "Trains recurrent networks by truncated BPTT over MPI ranks × workers.",
    version: "unfold 0.8.0",
    subcommands: [
      TrainCommand.self, SweepCommand.self, EvaluateCommand.self, PredictCommand.self,
      GenerateCommand.self, InspectCommand.self, ExportCommand.self, ListCommand.self,
      DiffCommand.self, PlotCommand.self, PrepareCommand.self, BenchCommand.self,
      KeysCommand.self, DoctorCommand.self,
    ])

  /// Under mpirun every rank reads the same arguments, so rank 0 alone speaks of what is wrong.
  static func main() {
    StandardStream.reserve()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      end(error)
    }
  }

  /// Says what there is to say, help and version on standard output, and ends the process.
  private static func end(_ error: any Error) -> Never {
    let code = exitCode(for: error)
    let message = LaunchedRank.current == 0 ? fullMessage(for: error) : ""
    guard !message.isEmpty else { Foundation.exit(code.rawValue) }
    guard code == .success else {
      StandardStream.error(message + "\n")
      Foundation.exit(code.rawValue)
    }
    do {
      try StandardStream.output(message + "\n")
    } catch {
      StandardStream.error("unfold: \(error)\n")
      Foundation.exit(ExitCode.failure.rawValue)
    }
    Foundation.exit(code.rawValue)
  }
}
