import ArgumentParser
import Files
import Unfold

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show a checkpoint's shapes, steps and parameter hash.")

  @OptionGroup var model: CheckpointArgument

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try model.use { model, communicator in
      let inspection = model.inspection
      guard communicator.isRoot else { return }
      try StandardStream.output(json ? JSON.pretty(inspection) : inspection.table)
    }
  }
}
