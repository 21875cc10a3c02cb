import Settings
import Testing

@Suite("Series, and the losses and measures of values")
struct SeriesTests {
  private func read(_ overrides: String...) throws -> Configuration {
    try Configuration(yaml: smallest, overrides: overrides)
  }

  @Test("without columns the next row is predicted, as ever")
  func nextRow() throws {
    let configuration = try read("data={kind: series, train: /a.csv}")
    #expect(configuration.data == .series(.init(train: "/a.csv")))
    #expect(configuration.data.series?.shift == 1)
    #expect(configuration.loss == .meanSquaredError)
    #expect(configuration.writesForecast)
    #expect(configuration.warmUp == 0)
  }

  @Test("what an earlier version saved reads as before")
  func saved() throws {
    let yaml = """
      data: {kind: series, train: /a.csv, validation: null, validation_fraction: 0.1, cache: null}
      loss: mean-squared-error
      training: {epochs: 2, forecast: null}
      """
    let configuration = try Configuration(saved: yaml, path: "/x/config.yaml")
    #expect(configuration.data == .series(.init(train: "/a.csv")))
    #expect(configuration.loss == .meanSquaredError)
  }

  @Test("defaults follow from targets and from named sequences")
  func derived() throws {
    let named = try Configuration(yaml: smallest, overrides: columns)
    #expect(named.data.series?.shift == 0)
    #expect(!named.writesForecast)
    let pair = try read("data={kind: series, train: {inputs: /x.wav, targets: /y.wav}}")
    #expect(pair.data.series?.shift == 0)
    #expect(try read("data={kind: series, train: /a, shift: 4}").data.series?.shift == 4)
    #expect(named.data.series?.holdOut == .time)
    let held = try Configuration(
      yaml: smallest, overrides: columns + ["data.validation_sequences=a.csv"])
    #expect(held.data.series?.holdOut == .sequences)
    #expect(held.data.series?.validationSequences == ["a.csv"])
  }

  @Test("a loss is a word or a mapping")
  func losses() throws {
    func loss(_ value: String) throws -> Configuration.Loss {
      try Configuration(yaml: smallest, overrides: columns + ["loss=\(value)"]).loss
    }
    #expect(try loss("huber") == .init(kind: .huber))
    #expect(try loss("{kind: huber, delta: 2}") == .init(kind: .huber, delta: 2))
    #expect(
      try loss("{kind: quantile, levels: [0.05, 0.95]}")
        == .init(kind: .quantile, levels: [0.05, 0.95]))
    #expect(try loss("quantile").levels == [0.1, 0.5, 0.9])
    #expect(try loss("{weights: 3}") == .init(kind: .meanSquaredError, weights: [3]))
    for kind in Configuration.Loss.Kind.allCases where kind.targets == .values {
      #expect(try loss(kind.rawValue).kind == kind)
      if kind != .nashSutcliffe {
        #expect(
          try read("data.kind=mackey-glass", "loss=\(kind.rawValue)").loss.kind == kind)
      }
      let adding = failure(smallest, ["data.kind=adding", "loss=\(kind.rawValue)"])
      // The adding problem is judged by its squared error.
      #expect((adding == nil) == (kind == .meanSquaredError))
    }
  }

  @Test(
    "contradictions",
    arguments: [
      ("inputs: [u]", "data.targets: is missing beside data.inputs; name the columns to predict"),
      ("targets: [y]", "data.inputs: is missing beside data.targets; name the columns to read"),
      ("shift: 0", "data.shift: must be at least 1 without data.targets, as a row tells itself"),
      ("cap: 125", "data.cap: needs data.targets, which it caps"),
      ("align: true", "data.align: needs data.train to be {inputs: …, targets: …}"),
      ("count: last, piece: 5", "data.piece: cuts sequences, of which with data.count last"),
      (
        "validation_sequences: a, validation: /b",
        "data.validation_sequences: excludes data.validation; keep one"
      ),
      (
        "validation_sequences: a, hold_out: time",
        "data.hold_out: time excludes data.validation_sequences, which are whole; remove one"
      ),
      (
        "hold_out: sequences, validation: /b",
        "data.hold_out: sequences holds nothing out beside data.validation; remove it"
      ),
      (
        "hold_out: sequences, validation_fraction: 0",
        "data.hold_out: sequences holds nothing out with data.validation_fraction 0; remove it"
      ),
      ("group: \"\"", "data.group: must be not empty"),
      ("normalize: max", "one of standard, minmax, none, got max; did you mean minmax?"),
      ("unit: word", "data.unit: is used only with data.kind text; remove it"),
    ])
  func contradictions(settings: String, expected: String) throws {
    let line = try #require(failure(smallest, ["data={kind: series, train: /a, \(settings)}"]))
    #expect(line.contains(expected), "got: \(line)")
  }

  @Test(
    "contradictions with other sections",
    arguments: [
      (["data.piece=5", "bptt.warm_up=5"], "bptt.warm_up: must be less than data.piece, got 5"),
      (["loss=cross-entropy"], "loss.kind: cross-entropy does not suit data.kind series"),
      (["loss=hubr"], "got hubr; did you mean huber?"),
      (["loss.delta=1"], "loss.delta: is used only with loss.kind huber; remove it"),
      (["loss={kind: huber, delta: 0}"], "loss.delta: must be greater than 0, got 0.0"),
      (["loss.levels=[0.5]"], "loss.levels: is used only with loss.kind quantile; remove it"),
      (["loss={kind: quantile, levels: [0.9, 0.1]}"], "less than 1, ascending, got [0.9, 0.1]"),
      (["loss={kind: quantile, levels: [0.5, 0.5]}"], "less than 1, ascending, got [0.5, 0.5]"),
      (["loss={kind: quantile, levels: [0, 1]}"], "loss.levels: must be at least one, each"),
      (["loss={kind: quantile, levels: []}"], "loss.levels: must be at least one, each greater"),
      (
        ["training.monitor=accuracy"],
        "training.monitor: accuracy needs classes to predict, but loss.kind mean-squared-error is "
          + "for values; use loss"
      ),
      (
        ["training.monitor=nse", "data.validation_fraction=0"],
        "training.monitor: nse needs validation data; give data.validation"
      ),
      (
        ["training.forecast=true"],
        "training.forecast: is used only with data.kind mackey-glass, or series that predict their "
          + "next row; remove it"
      ),
    ])
  func otherSections(overrides: [String], expected: String) throws {
    let line = try #require(failure(smallest, columns + overrides))
    #expect(line.contains(expected), "got: \(line)")
  }

  @Test(
    "what is for series alone is refused elsewhere",
    arguments: [
      "data.inputs=[u]", "data.targets=[u]", "data.group=u", "data.static=/a", "data.shift=1",
      "data.normalize=none", "data.missing=mean", "data.count=last", "data.cap=1", "data.piece=5",
      "data.align=true", "data.hold_out=sequences", "data.validation_sequences=[a]",
      "model.skip=input", "bptt.warm_up=5",
    ])
  func seriesAlone(override: String) throws {
    let line = try #require(failure(smallest, [override]))
    #expect(line.hasSuffix("is used only with data.kind series; remove it"), "got: \(line)")
  }

  @Test("sequences of rows may be unfolded whole, one endless row may not")
  func whole() throws {
    let endless = ["data={kind: series, train: /a}", "bptt=full"]
    let line = try #require(failure(smallest, endless))
    #expect(line.contains("bptt.kind: full is for sets of sequences; data.kind series is"))
    #expect(line.hasSuffix("or data.piece"))
    #expect(failure(smallest, endless + ["data.piece=365"]) == nil)
    #expect(failure(smallest, columns + ["bptt=full"]) == nil)
  }

  @Test("named sequences are validation data")
  func namedValidation() {
    let overrides =
      columns + ["data.validation_fraction=0", "training.patience=2"]
    #expect(failure(smallest, overrides) != nil)
    #expect(failure(smallest, overrides + ["data.validation_sequences=[a]"]) == nil)
  }
}
