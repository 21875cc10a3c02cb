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
    func reproducibleReductionChangesNoBit(experiment: Experiment) throws {
      let configuration = try experiment.write(to: workspace)
      let alone = try hash(configuration, "alone", ranks: nil)
      for ranks in 1...4 {
        let reduction = "parallel.reduction=reproducible"
        #expect(
          try hash(configuration, "\(ranks)", ranks: ranks, reduction) == alone, "\(ranks) ranks")
      }
    }

    /// Gradients of the ranks are summed in another order, which changes the last bits of a Float
    /// (2⁻²⁴ relative). With plain gradient descent the weights move by rate × gradient, here by at
    /// most about 1 in 6 steps, so they may differ by some 1e-6. (Adam divides by the size of the
    /// gradient, and would blow up the rounding of those that are almost 0.)
    @Test func fastReductionStaysWithinRounding() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let descent = ["optimizer.kind=sgd", "optimizer.learning_rate=0.5"]
      func train(_ run: String, ranks: Int?) throws -> [Float] {
        _ = try Unfold.succeed(
          workspace.arguments(configuration, run, descent), ranks: ranks, in: workspace)
        return try weights(workspace("\(run)/checkpoints/step-6/model.safetensors"))
      }
      let alone = try train("alone", ranks: nil)
      for ranks in 2...4 {
        let difference = largestDifference(alone, try train("\(ranks)", ranks: ranks))
        #expect(difference < 1e-5, "\(ranks) ranks: \(difference)")
      }
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
      let settings = ["optimizer.\(optimizer)", "parallel.reduction=reproducible"]
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
      let reduction = "parallel.reduction=reproducible"
      let one = try hash(configuration, "one", ranks: 3, reduction)
      let several = try hash(
        configuration, "several", ranks: 3, environment: ["UNFOLD_RANKS_PER_NODE": "2"], reduction)
      #expect(one == several)
    }

    /// Packed weights are shared by the ranks of a domain, the weights by those of the node.
    @Test(arguments: ["1", "2"])
    func memoryDomainsSmallerThanTheNodeGiveTheSameBits(ranksPerDomain: String) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let reduction = "parallel.reduction=reproducible"
      let one = try hash(configuration, "one", ranks: 3, reduction)
      let several = try hash(
        configuration, "several", ranks: 3,
        environment: ["UNFOLD_RANKS_PER_DOMAIN": ranksPerDomain], reduction)
      #expect(one == several)
    }

    @Test func ranksWithoutStreamsChangeNothing() throws {
      let configuration = try Experiment.text.write(to: workspace)
      let settings = ["batch.streams=2", "parallel.reduction=reproducible"]
      let hashes = try [nil, 3].map { ranks in
        try hash(configuration, "\(ranks ?? 1)", ranks: ranks, settings[0], settings[1])
      }
      #expect(hashes[0] == hashes[1])
      #expect(try hash(configuration, "fast", ranks: 3, settings[0]).count == 64)
    }
  }
}
