import Foundation
import Testing

extension CommandLineTests {
  /// Ranks and workers must not change what is learnt.
  @Suite struct LayoutTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    /// The hash of the parameters after a run at a layout.
    private func hash(
      _ configuration: String, _ run: String, ranks: Int?, environment: [String: String] = [:],
      _ settings: String...
    ) throws -> String {
      _ = try Unfold.succeed(
        workspace.arguments(configuration, run, settings), ranks: ranks, environment: environment,
        in: workspace)
      return try Unfold.parameterHash(run, in: workspace)
    }

    @Test(arguments: Experiment.allCases)
    func workersChangeNoBit(experiment: Experiment) throws {
      let configuration = try experiment.write(to: workspace)
      let hashes = try (1...3).map {
        try hash(configuration, "\($0)", ranks: nil, "parallel.workers=\($0)")
      }
      #expect(Set(hashes).count == 1)
    }

    @Test(arguments: Experiment.allCases)
    func ranksChangeNoBit(experiment: Experiment) throws {
      let configuration = try experiment.write(to: workspace)
      let leaves = "batch.leaves=4"
      let alone = try hash(configuration, "alone", ranks: nil, leaves)
      let losses = try workspace.lossesAndNorms("alone")
      for (ranks, workers) in [(1, 2), (2, 1), (3, 1), (3, 2), (4, 2)] {
        let run = "\(ranks)x\(workers)"
        #expect(
          try hash(configuration, run, ranks: ranks, leaves, "parallel.workers=\(workers)")
            == alone, "\(run)")
        #expect(try workspace.lossesAndNorms(run) == losses, "\(run)")
        let (got, expected) = (try checkpoint(run), try checkpoint("alone"))
        #expect(got == expected, "\(run)")
      }
    }

    /// Weights, moments and states as they are written, and the last validation.
    private func checkpoint(_ run: String) throws -> [String: Data] {
      var contents = try workspace.contents("\(run)/checkpoints/step-6")
      for name in contents.keys where !name.hasSuffix(".safetensors") { contents[name] = nil }
      let validation = try workspace.json("\(run)/summary.json")["validation"] as? [String: Any]
      let figures = try JSONSerialization.data(
        withJSONObject: validation ?? [:], options: .sortedKeys)
      contents["validation"] = figures
      return contents
    }

    /// Another processor has other vectors, and the same bits.
    @Test(arguments: Experiment.allCases)
    func variantsChangeNoBit(experiment: Experiment) throws {
      let configuration = try experiment.write(to: workspace)
      let best = try hash(configuration, "best", ranks: nil)
      for variant in ["avx2", "baseline"] where Self.hasVariant(variant) {
        #expect(
          try hash(configuration, variant, ranks: nil, environment: ["UNFOLD_ISA": variant])
            == best, "\(variant)")
      }
    }

    private static func hasVariant(_ name: String) -> Bool {
      let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      return name == "baseline" || flags.contains(" \(name) ")
    }

    /// Leaves that differ in size, and networks so small that each worker has a lane of its own.
    @Test(arguments: ["batch.leaves=1", "batch.leaves=2", "batch.leaves=8"])
    func leavesOfUnequalSize(leaves: String) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let settings = ["batch.streams=11", leaves]
      let hashes = try [(1, 1), (1, 3), (2, 2), (3, 1), (5, 1)].map { (ranks: Int, workers: Int) in
        try hash(
          configuration, "\(ranks)x\(workers)", ranks: ranks, settings[0], settings[1],
          "parallel.workers=\(workers)")
      }
      #expect(Set(hashes).count == 1)
    }

    /// An epoch of fewer sequences than streams: some leaves, and ranks, have nothing but padding.
    @Test(arguments: [Experiment.reber, .full])
    func emptyStreams(experiment: Experiment) throws {
      let configuration = try experiment.write(to: workspace)
      let hashes = try [(1, 1), (1, 3), (2, 1), (4, 1)].map { (ranks: Int, workers: Int) in
        try hash(
          configuration, "\(ranks)x\(workers)", ranks: ranks, "data.samples=3", "batch.leaves=4",
          "parallel.workers=\(workers)")
      }
      #expect(Set(hashes).count == 1)
    }

    /// A user's own number of leaves gives other bits, which is why it may not change.
    @Test func anotherNumberOfLeavesIsAnotherRun() throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "run", "batch.leaves=2")
      let progress = try workspace.json("run/checkpoints/step-6/training.json")
      #expect(progress["leaves"] as? Int == 2)
      let result = try Unfold.run(
        workspace.arguments(configuration, "run", resume: true, ["batch.leaves=4"]),
        in: workspace)
      #expect(result.status == 1 && result.error.contains("batch.leaves"), "\(result.error)")
    }

    @Test func moreRanksThanLeavesAreToldOf() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let result = try Unfold.succeed(
        workspace.arguments(configuration, "run", ["batch.leaves=2"]), ranks: 3, in: workspace)
      #expect(result.error.contains("3 ranks share 2 leaves"), "\(result.error)")
    }

    @Test func cooperativeUpdateEqualsTheLeaders() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let leader = try hash(configuration, "leader", ranks: 3, "parallel.update=leader")
      let shared = try hash(configuration, "shared", ranks: 3, "parallel.update=cooperative")
      #expect(leader == shared)
    }

    /// Gradients of rare symbols are exchanged packed; each rank writes some of their rows, or, with
    /// an optimizer that moves all rows, of all.
    @Test(arguments: ["kind=sgd", "momentum=0.9", "kind=adam"])
    func rareSymbolsGiveTheSameBits(optimizer: String) throws {
      let configuration = try Experiment.rare.write(to: workspace)
      let settings = ["optimizer.\(optimizer)"]
      func hash(_ run: String, ranks: Int?, _ more: String...) throws -> String {
        _ = try Unfold.succeed(
          workspace.arguments(configuration, run, settings + more), ranks: ranks, in: workspace)
        return try Unfold.parameterHash(run, in: workspace)
      }
      let alone = try hash("alone", ranks: nil)
      #expect(try hash("leader", ranks: 2) == alone)
      #expect(try hash("shared", ranks: 3, "parallel.update=cooperative") == alone)
    }

    @Test func privateCopiesGiveTheSameBits() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let shared = try hash(configuration, "shared", ranks: 2)
      let isolated = try hash(
        configuration, "private", ranks: 2, environment: ["UNFOLD_SHARED_MEMORY": "off"])
      #expect(shared == isolated)
    }

    @Test func severalNodesGiveTheSameBits() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let one = try hash(configuration, "one", ranks: 3)
      let several = try hash(
        configuration, "several", ranks: 3, environment: ["UNFOLD_RANKS_PER_NODE": "2"])
      #expect(one == several)
    }

    /// Packed weights are shared by the ranks of a domain, the weights by those of the node.
    @Test(arguments: ["1", "2"])
    func memoryDomainsSmallerThanTheNodeGiveTheSameBits(ranksPerDomain: String) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let one = try hash(configuration, "one", ranks: 3)
      let several = try hash(
        configuration, "several", ranks: 3,
        environment: ["UNFOLD_RANKS_PER_DOMAIN": ranksPerDomain])
      #expect(one == several)
    }

    @Test func ranksWithoutStreamsChangeNothing() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let hashes = try [nil, 3].map { ranks in
        try hash(configuration, "\(ranks ?? 1)", ranks: ranks, "batch.streams=2")
      }
      #expect(hashes[0] == hashes[1])
    }
  }
}
