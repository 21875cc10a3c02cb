import ArgumentParser
import Files
import Unfold

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the runs and sweeps below a folder: state, steps, best validation, age.")

  @Argument(help: "The folder.")
  var folder = "runs"

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try Job.run { communicator in
      try communicator.agree {
        guard communicator.isRoot else { return }
        let list = try RunList(below: folder)
        if list.isEmpty { StandardStream.error("unfold: no run below \(folder)\n") }
        guard json || !list.isEmpty else { return }
        try StandardStream.output(json ? JSON.pretty(list) : list.text)
      }
    }
  }
}
