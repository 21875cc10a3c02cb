import ArgumentParser
import Files
import Unfold

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Continue a text.")

  @OptionGroup var model: CheckpointArgument

  @Option(help: "The text to continue (default: starts after a line's end).")
  var prompt = ""

  @Option(help: "Symbols to generate.")
  var length = 200

  @Option(help: "1 draws from the model's probabilities, less is safer, 0 takes the likeliest.")
  var temperature = 1.0

  @Option(help: "Seed of the draws.")
  var seed: UInt64 = 1

  func validate() throws {
    try require("--length", length, in: 1...100_000_000)
    if !(temperature >= 0 && temperature.isFinite) {
      throw ValidationError("--temperature is \(temperature), expected 0 or more")
    }
  }

  func run() throws {
    try model.use { model, communicator in
      try communicator.agree {
        guard communicator.isRoot else { return }
        let text = try model.generate(
          prompt: prompt, length: length, temperature: temperature, seed: seed)
        let space = !prompt.isEmpty && model.configuration.data.isOfWords ? " " : ""
        try StandardStream.output(prompt + space + text + "\n")
      }
    }
  }
}
