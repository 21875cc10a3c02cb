import Foundation
import Settings
import Testing

@Suite("Lists, and sets of files")
struct ListTests {
  private typealias FileSet = Configuration.Data.FileSet

  private func series(_ overrides: String...) throws -> Configuration.Data.Series {
    let configuration = try Configuration(yaml: smallest, overrides: columns + overrides)
    return try #require(configuration.data.series)
  }

  @Test("a list is read item by item, as text whatever it looks like")
  func lists() throws {
    #expect(try series("data.inputs=[u, temperature]").inputs == ["u", "temperature"])
    #expect(try series("data.inputs=[1, 2.50, true, \"~\"]").inputs == ["1", "2.50", "true", "~"])
    #expect(try series("data.inputs= [ 'a, b' , c ]").inputs == ["a, b", "c"])
  }

  @Test("one scalar is a list of one, whatever commas it holds")
  func listOfOne() throws {
    #expect(try series("data.inputs=u,y").inputs == ["u,y"])
    #expect(try series("data.inputs=1").inputs == ["1"])
    let huber = try Configuration(
      yaml: smallest, overrides: columns + ["loss={kind: huber, weights: 2}"])
    #expect(huber.loss.weights == [2])
  }

  @Test(
    "a bad list is one line that names the item",
    arguments: [
      ("data.inputs=[u, [v]]", "data.inputs: expected text as item 2, got a list"),
      ("data.inputs=[{a: 1}]", "data.inputs: expected text as item 1, got a mapping"),
      ("data.inputs=[u, ~]", "data.inputs: expected text as item 2, got nothing"),
      (
        "data.inputs={a: 1}",
        "data.inputs: expected text or a list of them, at least one, none of them empty or given "
          + "twice, got a mapping"
      ),
      ("data.inputs=[]", "data.inputs: must be at least one, none of them empty or given twice"),
      ("data.inputs=[u, v, u]", "or given twice, got [u, v, u]"),
      ("data.inputs=[\"\"]", "or given twice, got [\"\"]"),
      ("loss.weights=[1, x]", "loss.weights: expected a number as item 2, got x"),
      ("loss.weights=[-1]", "loss.weights: must be each at least 0, not all 0, got [-1.0]"),
      ("loss.weights=[0, 0]", "loss.weights: must be each at least 0, not all 0, got [0.0, 0.0]"),
      ("loss.weights=[1, 1]", "loss.weights: must be one for each value to predict, got 2 for 1"),
      ("model.hidden=[7]", "model.hidden: expected an integer, at least 1 and at most"),
    ])
  func badLists(override: String, expected: String) throws {
    let line = try #require(failure(smallest, columns + [override]))
    #expect(line.hasPrefix("--set \(override): ") && line.contains(expected), "got: \(line)")
    #expect(!line.contains("\n"))
  }

  @Test("an item's own line and column are named")
  func places() throws {
    let yaml = """
      data:
        kind: series
        train: /a.csv
        inputs:
          - u
          - [v]
        targets: y
      training: {epochs: 1}
      """
    #expect(
      failure(yaml) == "run.yaml:6:7: data.inputs: expected text as item 2, got a list")
  }

  @Test("files are one, several, or a pair")
  func files() throws {
    func train(_ value: String) throws -> FileSet? {
      let data = "data={kind: series, train: \(value)}"
      return try Configuration(yaml: smallest, overrides: [data]).data.files?.train
    }
    #expect(try train("/a.csv") == FileSet("/a.csv"))
    #expect(try train("[/a.csv, /b.csv]") == FileSet(paths: ["/a.csv", "/b.csv"]))
    #expect(
      try train("{inputs: /x.wav, targets: /y.wav}")
        == FileSet(paths: ["/x.wav"], targets: ["/y.wav"]))
    #expect(
      try train("{targets: [/y.wav, /w.wav], inputs: [/x.wav, /v.wav]}")
        == FileSet(paths: ["/x.wav", "/v.wav"], targets: ["/y.wav", "/w.wav"]))
  }

  @Test(
    "bad sets of files",
    arguments: [
      ("series", "{inputs: /x.wav}", "data.train: needs both inputs and targets, each a path or"),
      ("series", "{inputs: /x.wav, targets: []}", "data.train: needs both inputs and targets"),
      ("series", "{input: /x.wav}", "data.train.input: unknown key; a pair of files has inputs"),
      (
        "series", "{inputs: [/x, {a: 1}], targets: /y}",
        "data.train.inputs: expected text as item 2, got a mapping"
      ),
      (
        "series", "{inputs: {a: 1}, targets: /y}",
        "data.train.inputs: expected a path or a list of paths, got a mapping"
      ),
      (
        "series", "{inputs: [/x, /z], targets: /y}",
        "data.train: needs a file of targets for each of inputs, got 1 for 2"
      ),
      ("series", "[]", "data.train: is missing; data.kind series needs the path"),
      ("series", "[/a, \"\"]", "data.train: is missing; data.kind series needs the path"),
      (
        "series", "{inputs: /x, targets: /y}, validation: /z",
        "data.validation: must be {inputs: …, targets: …} as data.train is"
      ),
      (
        "series", "/x, test: {inputs: /x, targets: /y}",
        "data.test: must hold inputs and targets together as data.train does"
      ),
      ("series", "/x, validation: []", "data.validation: must be at least one path, none of them"),
      ("text", "[/a, /b]", "data.train: takes one path with data.kind text, got [/a, /b]"),
      (
        "sequences", "/a, test: {inputs: /x, targets: /y}",
        "data.test: takes one path with data.kind sequences, got {inputs: /x, targets: /y}"
      ),
    ])
  func badFiles(kind: String, train: String, expected: String) throws {
    let line = try #require(failure(smallest, ["data={kind: \(kind), train: \(train)}"]))
    #expect(line.contains(expected), "got: \(line)")
    #expect(!line.contains("\n"))
  }

  @Test("each path of a set is resolved, patterns by their folder, rows left on")
  func paths() throws {
    try withFolder { folder in
      let current = FileManager.default.currentDirectoryPath
      try FileManager.default.createDirectory(
        atPath: "\(folder)/machines", withIntermediateDirectories: true)
      #expect(FileManager.default.createFile(atPath: "\(folder)/pump.csv", contents: nil))
      let yaml = """
        data:
          kind: series
          train: [pump.csv, 'pump.csv[5:10]', 'machines/*.csv', 'Sources/*.csv[:9]', gone.csv]
          static: Package.swift
        training: {steps: 1}
        """
      let read = try Configuration(yaml: yaml, path: "\(folder)/run.yaml")
      #expect(
        read.data.files?.train.paths == [
          "\(folder)/pump.csv", "\(folder)/pump.csv[5:10]", "\(folder)/machines/*.csv",
          "\(current)/Sources/*.csv[:9]", "\(folder)/gone.csv",
        ])
      #expect(read.data.series?.statics == "\(current)/Package.swift")
      #expect(try Configuration(yaml: read.yaml, path: "/elsewhere/config.yaml") == read)
    }
  }

  @Test("an override of one side of a pair is taken from the current folder")
  func overriddenSide() throws {
    let yaml = """
      data: {kind: series, train: {inputs: x.wav, targets: y.wav}}
      training: {steps: 1}
      """
    let read = try Configuration(
      yaml: yaml, path: "/nowhere/run.yaml", overrides: ["data.train.targets=z.wav"])
    let current = FileManager.default.currentDirectoryPath
    #expect(
      read.data.files?.train == FileSet(paths: ["/nowhere/x.wav"], targets: ["\(current)/z.wav"]))
  }
}
