import ArgumentParser
import Files
import Unfold

struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "List every key of a configuration as a Markdown table.")

  func run() throws {
    try StandardStream.output(Configuration.referenceTable + "\n")
  }
}
