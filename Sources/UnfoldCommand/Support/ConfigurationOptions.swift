import ArgumentParser
import Unfold

/// A configuration file and what is changed in it.
struct ConfigurationOptions: ParsableArguments {
  @Argument(help: "The configuration, a YAML file.")
  var config: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a key of the configuration; may be repeated.", valueName: "key=value"))
  var overrides: [String] = []

  /// Reads it on every rank; a mistake in it is every rank's.
  func read(_ communicator: any Communicator) throws -> Configuration {
    try communicator.agree { try Configuration(path: config, overrides: overrides) }
  }
}
