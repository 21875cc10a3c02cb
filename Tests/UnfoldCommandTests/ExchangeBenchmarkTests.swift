import Foundation
import Testing

extension CommandLineTests {
  /// `unfold bench exchange` between real ranks, which checks every sum that it times.
  @Suite struct ExchangeBenchmarkTests {
    private let workspace: Workspace
    /// A cache line for each of four ranks, more of them, and a size that ends within one.
    private let sizes = [256, 4096, 65_564]

    init() throws { workspace = try Workspace() }

    private func measure(
      ranks: Int, environment: [String: String] = [:], _ options: String...
    ) throws -> [String: Any] {
      let words = sizes.map(String.init).joined(separator: " ")
      let arguments = ["bench", "exchange", "--sizes", words, "--rounds", "1", "--workers", "1"]
      let result = try Unfold.succeed(
        arguments + ["--json"] + options, ranks: ranks, environment: environment, in: workspace)
      return try Unfold.json(result.output)
    }

    /// All sizes are there, each with figures that can be, and bounds as the nodes ask for.
    private func check(_ report: [String: Any], ranks: Int, nodes: Int) throws {
      #expect(report["ranks"] as? Int == ranks)
      #expect(report["nodes"] as? Int == nodes)
      #expect(report["workers"] as? Int == 1)
      #expect(report.keys.contains("wire_gigabits_per_second") == (nodes > 1))
      let exchanges = try #require(report["exchanges"] as? [[String: Any]])
      #expect(exchanges.compactMap { $0["bytes"] as? Int } == sizes)
      for exchange in exchanges {
        var figures = ["ratio", "node_milliseconds", "node_gigabytes_per_second", "times_bound"]
        if nodes > 1 { figures.append("wire_milliseconds") }
        for name in figures {
          let figure = try #require(exchange[name] as? Double, "\(name): \(exchange)")
          #expect(figure > 0 && figure.isFinite, "\(name): \(exchange)")
        }
        for name in ["allreduce_milliseconds", "ours_milliseconds"] {
          let spread = try #require(exchange[name] as? [String: Double], "\(name): \(exchange)")
          // One round.
          #expect(Set(spread.values).count == 1, "\(name): \(exchange)")
          #expect(spread["median"].map { $0 > 0 } == true, "\(name): \(exchange)")
        }
        let bound = exchange["bound"] as? String
        #expect(bound == "node cache" || (nodes > 1 && bound == "wire") || bound == "node memory")
      }
    }

    @Test(arguments: [2, 3])
    func onOneNode(ranks: Int) throws {
      let report = try measure(ranks: ranks)
      try check(report, ranks: ranks, nodes: 1)
      #expect(!report.keys.contains("private_memory"))
    }

    @Test(arguments: [3, 4])
    func onTwoNodes(ranks: Int) throws {
      let report = try measure(ranks: ranks, environment: ["UNFOLD_RANKS_PER_NODE": "2"])
      try check(report, ranks: ranks, nodes: 2)
    }

    /// Then every rank is a node of its own.
    @Test func withoutSharedMemory() throws {
      let report = try measure(ranks: 2, environment: ["UNFOLD_SHARED_MEMORY": "off"])
      try check(report, ranks: 2, nodes: 2)
      let reason = try #require(report["private_memory"] as? String)
      #expect(reason.contains("UNFOLD_SHARED_MEMORY"))
    }

    /// 2·(2 − 1)/2 of each sum at 8 million bits, a million bytes, a second.
    @Test func aGivenWireIsTheBound() throws {
      let report = try measure(
        ranks: 2, environment: ["UNFOLD_RANKS_PER_NODE": "1"], "--wire", "0.008")
      try check(report, ranks: 2, nodes: 2)
      let exchanges = try #require(report["exchanges"] as? [[String: Any]])
      for (exchange, bytes) in zip(exchanges, sizes) {
        let milliseconds = try #require(exchange["wire_milliseconds"] as? Double)
        #expect(abs(milliseconds - Double(bytes) / 1000) < 1e-6)
        #expect(exchange["bound"] as? String == "wire")
      }
    }

    @Test func theTableHasALineForEachSize() throws {
      let output = try Unfold.succeed(
        ["bench", "exchange", "--sizes", "1K 2K", "--rounds", "2", "--workers", "1"], ranks: 2,
        in: workspace
      ).output
      for words in [
        "ranks × workers  2 × 1", "nodes", "library", "kernel variant", "MPI_Allreduce ms",
        "ours ms", "bound ms", "ours/bound", "\n1,024 ", "\n2,048 ",
      ] {
        #expect(output.contains(words), "\(words): \(output)")
      }
    }

    @Test(arguments: [nil, 1])
    func oneRankIsToldToStartMore(ranks: Int?) throws {
      let result = try Unfold.run(
        ["bench", "exchange", "--workers", "1"], ranks: ranks, in: workspace, timeout: 30)
      #expect(result.status == 1 && !result.isTimedOut, "\(result.error)")
      #expect(result.messages.count == 1, "\(result.error)")
      #expect(result.error.contains("2 ranks or more"), "\(result.error)")
      #expect(result.error.contains("launch/mpirun.sh --ranks 2 -- bench exchange"))
      #expect(result.output.isEmpty)
    }

    @Test func sumsThatMemoryCannotHold() throws {
      let result = try Unfold.run(
        ["bench", "exchange", "--sizes", "4K 1024G", "--workers", "1"], ranks: 2, in: workspace,
        timeout: 30)
      #expect(result.status != 0 && !result.isTimedOut)
      #expect(result.messages.count == 1, "\(result.error)")
      #expect(result.error.contains("memory") && result.error.contains("--sizes"))
    }

    @Test(arguments: [
      ["--sizes", "4K 3Q"], ["--sizes", "4K 4097"], ["--sizes", "128"], ["--sizes", "2048G"],
      ["--sizes", " "], ["--rounds", "0"], ["--wire", "0"], ["--wire", "nan"], ["--workers", "0"],
    ])
    func wrongOptionsAreNamed(options: [String]) throws {
      let result = try Unfold.run(["bench", "exchange"] + options, in: workspace)
      #expect(result.status == 64, "\(result.error)")
      for word in [options[0], "expected"] {
        #expect(result.error.contains(word), "\(result.error)")
      }
    }
  }
}
