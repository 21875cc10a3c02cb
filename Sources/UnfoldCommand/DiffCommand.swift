import ArgumentParser
import Files
import Unfold

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Find the first step, and the first parameter, where two runs part.",
    discussion: """
      The exit code is 0 where nothing differs, 1 where the runs part, and 2 where they cannot be \
      compared.
      """)

  @Argument(help: "A run's folder.")
  var left: String

  @Argument(help: "The folder of the run that it is compared with.")
  var right: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    var parts = false
    do {
      try Job.run { communicator in
        try communicator.agree {
          guard communicator.isRoot else { return }
          let difference = try RunDifference(left, right)
          try StandardStream.output(json ? JSON.pretty(difference) : difference.text)
          parts = !difference.isNone
        }
      }
    } catch {
      // As diff(1) has it, so that a script can tell trouble from a difference.
      throw ExitCode(2)
    }
    if parts { throw ExitCode(1) }
  }
}
