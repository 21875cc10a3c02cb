import ArgumentParser
import Files

/// Hands damaged files to everything that reads files, in this process: nothing may crash, hang or
/// take memory without bound, and what is refused is refused in one line. `launch/fuzz.sh` builds it
/// with AddressSanitizer.
@main
struct ReaderFuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hands damaged files to everything that reads files.",
    discussion: """
      An input follows from its reader, its number and the seed. Before it is read it is written to \
      SCRATCH/current, below a line with reader, number and seed, so that a crash leaves it behind. \
      The exit code is 1 if anything was found.
      """)

  @Option(help: "How many inputs, shared out among the readers.")
  var inputs = 1_000_000

  @Option(help: "What the inputs follow from.")
  var seed: UInt64 = 1

  @Option(help: "A folder in memory, best of its own, for the files that are read.")
  var scratch: String

  @Option(help: "The folder where inputs are kept that should have been taken in another way.")
  var finds: String

  @Option(help: "Only this reader.")
  var reader: String?

  @Option(help: "Only the files of this folder: READER/NAME each, as finds has them.")
  var replay: String?

  func run() throws {
    StandardStream.reserve()
    let scratch = try Scratch(path: self.scratch)
    let all = try FuzzedReader.all(scratch)
    let chosen = all.filter { reader == nil || $0.name == reader }
    guard !chosen.isEmpty else {
      throw ValidationError("the readers are \(all.map(\.name).joined(separator: ", "))")
    }
    var campaign = Campaign(scratch: scratch, finds: finds, seed: seed)
    for reader in chosen { try campaign.requireSeeds(of: reader) }
    if let replay {
      for reader in chosen { try campaign.replay("\(replay)/\(reader.name)", with: reader) }
    } else {
      let shares = chosen.reduce(0) { $0 + $1.share }
      for reader in chosen { try campaign.run(reader, inputs: inputs * reader.share / shares) }
    }
    print(campaign.table)
    guard campaign.findCount == 0 else { throw ExitCode(1) }
  }
}
