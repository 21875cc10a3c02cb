import Foundation
import Sweeps
import Testing

/// Which trials options and files ask for.
struct TrialListTests {
  @Test(arguments: [
    ("seed=1..3", ["1", "2", "3"]), ("seed=2..-1", ["2", "1", "0", "-1"]), ("seed=5..5", ["5"]),
    ("model.cell=lstm, gru", ["lstm", "gru"]), ("x=1e-3", ["1e-3"]),
    ("data.inputs=[u],[u, t]", ["[u]", "[u, t]"]),
    ("training.sample.prompt=\"a,b\",'c]'", ["\"a,b\"", "'c]'"]),
    ("clip={norm: 1, a: [2]},null", ["{norm: 1, a: [2]}", "null"]),
  ])
  func values(text: String, expected: [String]) throws {
    #expect(try Variation(text).values == expected)
  }

  @Test(arguments: [
    "seed", "=1..3", "seed=", "seed=1,,2", "seed=[1", "seed=1]", "seed='1", "seed=1,1",
    "seed=1..99999999", "seed=1..3,5",
  ])
  func mistakes(text: String) {
    #expect(throws: SweepError.self) { try Variation(text) }
  }

  private func list(_ texts: String...) throws -> TrialList {
    try TrialList(texts.map { text in try Variation(text) })
  }

  @Test func theLastKeyVariesFastest() throws {
    let trials = try list("seed=1..2", "model.hidden=8,16").trials
    #expect(trials.map(\.number) == [1, 2, 3, 4])
    #expect(trials.map(\.values) == [["1", "8"], ["1", "16"], ["2", "8"], ["2", "16"]])
    #expect(trials[1].overrides == ["seed=1", "model.hidden=16"])
  }

  @Test func keysThatCannotVary() {
    for texts in [
      ["name=a,b"], ["parallel.workers=1,2"], ["training.monitor=loss"], ["a=1", "a=2"],
      ["training={steps: 1},{steps: 2}"],
    ] {
      #expect(throws: SweepError.self) {
        try TrialList(texts.map { text in try Variation(text) })
      }
    }
    #expect(throws: SweepError.nothingVaries) { try TrialList([Variation]()) }
    #expect(throws: SweepError.self) { try list("a=1..1000", "b=1..1000") }
  }

  @Test func drawnTrialsFollowFromTheSeed() throws {
    let variations = [
      try Variation("a=1..1000"), try Variation("b=1..1000"), try Variation("c=x,y"),
    ]
    let drawn = try TrialList(variations, drawing: 200, seed: 7)
    #expect(drawn.trials.count == 200)
    #expect(Set(drawn.trials.map(\.values)).count == 200)
    #expect(try TrialList(variations, drawing: 200, seed: 7) == drawn)
    #expect(try TrialList(variations, drawing: 200, seed: 8) != drawn)
    // Fewer of them are the first ones.
    #expect(try TrialList(variations, drawing: 50, seed: 7).trials == Array(drawn.trials[..<50]))
  }

  @Test func allMayBeDrawnButNoMore() throws {
    let variations = [try Variation("a=1..3"), try Variation("b=1..4")]
    let all = try TrialList(variations, drawing: 12, seed: 1)
    #expect(Set(all.trials.map(\.values)) == Set(try TrialList(variations).trials.map(\.values)))
    #expect(throws: SweepError.tooFew(drawn: 13, product: 12)) {
      try TrialList(variations, drawing: 13, seed: 1)
    }
  }

  private func read(_ text: String) throws -> TrialList {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("trials-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try TrialList(path: path)
  }

  @Test func aFileOfTrials() throws {
    let list = try read("seed, data.inputs\r\n1,\"[u, \"\"t\"\"]\"\n\n2,\n")
    #expect(list.keys == ["seed", "data.inputs"])
    #expect(list.trials.map(\.values) == [["1", "[u, \"t\"]"], ["2", "null"]])
    #expect(try read("\u{FEFF}seed\n1\n").keys == ["seed"], "as spreadsheets write it")
  }

  @Test(arguments: ["", "seed\n", "seed,\n1,2\n", "seed,b\n1\n", "seed\n\"1\n", "a,a\n1,2\n"])
  func filesThatMakeNoSense(text: String) {
    #expect(throws: SweepError.self) { try read(text) }
  }

  @Test(arguments: [
    (1, ["seed"], ["1"], "trial-001-seed=1"),
    (12, ["seed", "model.hidden"], ["1", "16"], "trial-012-seed=1,hidden=16"),
    (1000, ["a.kind", "b.kind"], ["x", "y z/é"], "trial-1000-a.kind=x,b.kind=y_z__"),
  ])
  func names(number: Int, keys: [String], values: [String], expected: String) {
    #expect(Trial(number: number, keys: keys, values: values).name == expected)
  }

  @Test func longNamesAreCut() {
    let trial = Trial(number: 1, keys: ["k"], values: [String(repeating: "v", count: 500)])
    #expect(trial.name.count < 100)
  }
}
