import ArgumentParser
import Export
import Files
import Unfold

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a trained model for other programs.")

  @OptionGroup var model: CheckpointArgument

  @Option(
    help: ArgumentHelp(
      "onnx (ONNX Runtime), rtneural, proteus or nam (audio plug-ins), c (a C99 header).",
      valueName: "format"))
  var format: ExportKind

  @Option(help: "The file to write; an earlier one is replaced. Its test vector is FILE.test.json.")
  var output: String

  @Option(help: "What the model is called in the file (default: the file's name).")
  var name: String?

  @Flag(help: "Let a reader of the format compute the test vector, too.")
  var check = false

  func run() throws {
    try model.use { model, communicator in
      try communicator.agree {
        guard communicator.isRoot else { return }
        let export = ModelExport(format, to: output, name: name)
        try StandardStream.output(export.write(model, checks: check))
      }
    }
  }
}

extension ExportKind: ExpressibleByArgument {}
