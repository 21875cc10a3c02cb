import ArgumentParser
import Files
import Unfold

struct BenchExchangeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exchange",
    abstract: "Time sums over all ranks, beside MPI_Allreduce and the bound of memory or wire.")

  @Option(help: "Sizes of the sums in bytes; K, M and G stand for 1024, 1024² and 1024³.")
  var sizes = "4K 64K 1M 10M 80M"

  @Option(help: "Rounds, in each of which both ways of summing have their turn.")
  var rounds = 7

  @Option(help: "Gbit/s of the wire between nodes, each way (default: measured).")
  var wire: Double?

  @Option(help: "Workers of each rank (default: this rank's share of the cores).")
  var workers: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    _ = try byteCounts()
    try require("--rounds", rounds, in: 1...1_000_000)
    if let wire, !(wire > 0 && wire <= 1_000_000) {
      throw ValidationError("--wire is \(wire), expected more than 0, up to 1000000")
    }
    try require("--workers", workers, in: 1...65536)
  }

  func run() throws {
    let sizes = try byteCounts()
    try Job.run { communicator in
      let resources = try RankResources(communicator: communicator, workers: workers)
      let benchmark = try ExchangeBenchmark(
        sizes: sizes, rounds: rounds, wireGigabitsPerSecond: wire, resources: resources)
      guard communicator.isRoot else { return }
      try StandardStream.output(json ? JSON.pretty(benchmark) : benchmark.table)
    }
  }

  private func byteCounts() throws -> [Int] {
    let words = sizes.split(separator: " ").map(String.init)
    guard !words.isEmpty else { throw mistake("no size") }
    return try words.map { word in
      guard let bytes = ByteCount.parse(word), ExchangeBenchmark.sizes.contains(bytes),
        bytes % MemoryLayout<Float>.stride == 0
      else { throw mistake("`\(word)`") }
      return bytes
    }
  }

  private func mistake(_ got: String) -> ValidationError {
    ValidationError(
      "--sizes: expected numbers of bytes such as 4096, 64K or 80M, each a multiple of 4 from 256 "
        + "to 1024G, got \(got)")
  }
}
