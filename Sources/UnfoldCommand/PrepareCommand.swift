import ArgumentParser
import Files
import Unfold

struct PrepareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Turn a configuration's files into what ranks map, ahead of a run.")

  @OptionGroup var source: ConfigurationOptions

  func run() throws {
    try Job.run { communicator in
      let configuration = try source.read(communicator)
      let lines = try DataPreparation.run(configuration, communicator: communicator)
      if communicator.isRoot { try StandardStream.output(lines.joined(separator: "\n") + "\n") }
    }
  }
}
