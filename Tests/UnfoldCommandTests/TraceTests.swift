import Foundation
import Testing

extension CommandLineTests {
  /// `unfold train --trace`: what every rank did when.
  @Suite struct TraceTests {
    private let workspace: Workspace
    private let configuration: String

    init() throws {
      workspace = try Workspace()
      configuration = try Experiment.text.write(to: workspace)
    }

    private func trace(ranks: Int?, nodes: String? = nil, _ more: String...) throws -> [Event] {
      _ = try Unfold.succeed(
        workspace.arguments(configuration, "run") + ["--trace", workspace("trace.json")] + more,
        ranks: ranks, environment: nodes.map { ["UNFOLD_RANKS_PER_NODE": $0] } ?? [:],
        in: workspace)
      let events = try #require(workspace.json("trace.json")["traceEvents"] as? [[String: Any]])
      return events.map(Event.init)
    }

    private struct Event {
      let name, kind: String
      let rank, row, step: Int
      let begin, duration: Double

      init(_ values: [String: Any]) {
        name = values["name"] as? String ?? ""
        kind = values["ph"] as? String ?? ""
        rank = values["pid"] as? Int ?? -1
        row = values["tid"] as? Int ?? -1
        step = (values["args"] as? [String: Any])?["step"] as? Int ?? 0
        begin = values["ts"] as? Double ?? 0
        duration = values["dur"] as? Double ?? 0
      }
    }

    @Test func everyRankShowsItsSteps() throws {
      let events = try trace(ranks: 3, nodes: "2", "--set", "batch.leaves=4")
      for rank in 0..<3 {
        let spans = events.filter { $0.rank == rank && $0.kind == "X" }
        #expect(Set(spans.map(\.step)) == Set(1...6), "rank \(rank)")
        let names = Set(spans.map(\.name))
        for name in ["reading", "forward", "exchange", "losses", "norm", "wait", "packing"] {
          #expect(names.contains(name), "rank \(rank) shows no \(name): \(names.sorted())")
        }
        #expect(names.contains("backward readout") && names.contains("backward layer 1"))
        // What a thread does follows one thing after the other, to a tenth of a microsecond.
        for row in Set(spans.map(\.row)) {
          let inOrder = spans.filter { $0.row == row }.sorted { $0.begin < $1.begin }
          for (earlier, later) in zip(inOrder, inOrder.dropFirst()) {
            #expect(earlier.begin + earlier.duration <= later.begin + 0.1)
          }
        }
      }
      let journeys = events.filter { $0.name.hasPrefix("sum over nodes: ") }
      #expect(!journeys.isEmpty)
      #expect(journeys.count { $0.kind == "b" } == journeys.count { $0.kind == "e" })
    }

    @Test func itShowsTheFirstStepsOnly() throws {
      let events = try trace(ranks: nil, "--trace-steps", "2", "--set", "parallel.workers=2")
      #expect(Set(events.map(\.step)) == [0, 1, 2])
      #expect(!events.contains { $0.name.hasPrefix("sum over nodes") })
    }

    @Test(arguments: [nil, 3])
    func aFileThatCannotBeWrittenIsFoundOutFirst(ranks: Int?) throws {
      let result = try Unfold.run(
        workspace.arguments(configuration, "run") + ["--trace", workspace("absent/trace.json")],
        ranks: ranks, in: workspace)
      #expect(result.status == 1 && result.messages.count == 1, "\(result.error)")
      #expect(result.error.contains("absent/trace.json"), "\(result.error)")
      #expect(!workspace.exists("run/metrics.jsonl"))
    }
  }
}
