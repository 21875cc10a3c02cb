import Foundation
import SequenceData
import TestSupport
import Testing

/// Inputs and targets, sequences and pieces.
struct SeriesPiecesTests {
  /// Opens files of columns u and y, by the names of the files.
  private func open(
    _ files: [String: String], fraction: Double = 0,
    change: (inout SeriesRequest, TestFolder) throws -> Void = { _, _ in }
  ) throws -> SeriesParts {
    let folder = try TestFolder()
    let paths = try files.keys.sorted().map { try folder.write(files[$0]!, to: $0) }
    var request = SeriesRequest(training: SeriesPaths(paths))
    request.task.inputs = ["u"]
    request.task.targets = ["y"]
    request.task.shift = 0
    request.normalize = .none
    request.validationFraction = fraction
    try change(&request, folder)
    return try SeriesCorpus.prepare(request, cache: folder.cache).open()
  }

  /// Rows whose u is their number and whose y is ten times that.
  private func ramp(_ count: Int, from first: Int = 0) -> String {
    "u,y\n" + (first..<first + count).map { "\($0),\(10 * $0)" }.joined(separator: "\n") + "\n"
  }

  /// The values of u that count, over all pieces, and those that only warm up.
  private func counted(_ corpus: any Corpus) -> (counted: [Float], warming: [Float]) {
    var (own, warming): ([Float], [Float]) = ([], [])
    for piece in 0..<corpus.sequenceCount {
      for step in steps(of: corpus, sequence: piece) {
        if step.weight == 1 { own.append(step.inputs[0]) } else { warming.append(step.inputs[0]) }
      }
    }
    return (own, warming)
  }

  @Test(arguments: [1, 2, 3, 7, 64], [0, 1, 5, 30])
  func everyTimeStepButTheFirstOnesCountsOnce(streams: Int, warmUp: Int) throws {
    let corpus = try open(["a.csv": ramp(100), "b.csv": ramp(37, from: 100)]) { request, _ in
      request.task.warmUp = warmUp
    }.training.cut(streams: streams)
    let expected = (warmUp..<100).map { Float($0) } + (100 + warmUp..<137).map { Float($0) }
    #expect(counted(corpus).counted.sorted() == expected)
    let longest = (0..<corpus.sequenceCount).map { corpus.timeSteps(ofSequence: $0, epoch: 0) }
    #expect(longest.max()! <= (137 + streams - 1) / streams + warmUp)
  }

  @Test func piecesOfALengthAndWhatTheyAreOf() throws {
    let corpus = try open(["a.csv": ramp(100), "b.csv": ramp(37, from: 100)]) { request, _ in
      request.task.warmUp = 4
      request.task.piece = 20
    }.training.cut(streams: 3)
    #expect(corpus.sequenceCount == 7 && corpus.originCount == 2)
    #expect((0..<7).map { corpus.origin(ofSequence: $0) } == [0, 0, 0, 0, 0, 1, 1])
    #expect(corpus.originNames == ["a", "b"])
    #expect(corpus.timeSteps(ofSequence: 0, epoch: 0) == 20)
    #expect(corpus.timeSteps(ofSequence: 1, epoch: 0) == 24)
    #expect(steps(of: corpus, sequence: 1).map(\.weight).prefix(5) == [0, 0, 0, 0, 1])
  }

  @Test func targetsLieWhereTheShiftSays() throws {
    for shift in [0, 1, 3] {
      let corpus = try open(["a.csv": ramp(10)]) { request, _ in request.task.shift = shift }
        .training
      let steps = steps(of: corpus, sequence: 0)
      #expect(steps.count == 10 - shift)
      #expect(steps.map(\.targets) == (shift..<10).map { [Float(10 * $0)] })
    }
  }

  @Test func missingTargetsDoNotCount() throws {
    let text = "u,y,z\n0,1,\n1,,\n2,nan,5\n3,7,8\n"
    let corpus = try open(["a.csv": text]) { request, _ in request.task.targets = ["y", "z"] }
      .training
    let steps = steps(of: corpus, sequence: 0)
    #expect(steps.map(\.weight) == [1, 0, 1, 1])
    #expect(steps[0].targets[0] == 1 && steps[0].targets[1].isNaN && steps[2].targets[0].isNaN)
  }

  @Test func missingInputsAreFilledAndMarked() throws {
    let text = "u,y\n,1\n4,1\n,1\n,1\n8,1\n"
    for (missing, expected) in [
      (SeriesTask.Missing.previous, [6, 4, 4, 4, 8]), (.mean, [6, 4, 6, 6, 8]),
    ] {
      let corpus = try open(["a.csv": text]) { request, _ in request.task.missing = missing }
        .training
      let steps = steps(of: corpus, sequence: 0)
      #expect(steps.map { $0.inputs[0] } == expected.map { Float($0) })
      #expect(steps.map { $0.inputs[1] } == [1, 0, 1, 1, 0])
      // A window that begins in the gap looks back.
      let window = Window(for: corpus, streams: 1)
      window.resize(timeSteps: 1)
      corpus.read(sequence: 0, epoch: 0, timeSteps: 3..<4, into: window, stream: 0, row: 0)
      #expect(window.step(0, 0).inputs == steps[3].inputs)
    }
  }

  @Test func groupsAreSequencesAndAttributesStandBesideInputs() throws {
    let text = "unit,u,y\nA,1,0\nA,2,0\nB,3,0\nB,4,0\nB,5,0\n"
    let attributes = "unit,area,slope\nB,10,0.5\nA,30,1.5\n"
    let corpus = try open(["a.csv": text]) { request, folder in
      request.task.group = "unit"
      request.attributes = try folder.write(attributes, to: "attributes.csv")
      request.normalize = .standard
    }.training
    #expect(corpus.originNames == ["A", "B"])
    #expect(corpus.columns.attributes.map(\.center) == [20, 1])
    #expect(steps(of: corpus, sequence: 0).map { Array($0.inputs[1...]) } == [[1, 1], [1, 1]])
    #expect(steps(of: corpus, sequence: 1).allSatisfy { $0.inputs[1...] == [-1, -1] })
    #expect(corpus.inputKind == .vectors(width: 3))
  }

  @Test func onlyTheLastCountsAndTargetsAreCapped() throws {
    let corpus = try open(["a.csv": ramp(30), "b.csv": ramp(5)]) { request, _ in
      request.task.countsLastOnly = true
      request.task.cap = 125
    }.training.cut(streams: 16)
    #expect(corpus.sequenceCount == 2, "whole sequences")
    #expect(counted(corpus).counted == [29, 4])
    #expect(steps(of: corpus, sequence: 0).last?.targets == [125])
    #expect(steps(of: corpus, sequence: 1).last?.targets == [40])
  }

  @Test func heldOutByTimeBySequenceAndByName() throws {
    let files = ["a.csv": ramp(20), "b.csv": ramp(20, from: 100), "c.csv": ramp(20, from: 200)]
    let byTime = try open(files, fraction: 0.25) { request, _ in request.task.warmUp = 3 }
    #expect(counted(byTime.training).counted.count == 3 * (15 - 3))
    let held = try #require(byTime.validation).cut(streams: 1)
    #expect(
      counted(held).counted == [
        15, 16, 17, 18, 19, 115, 116, 117, 118, 119, 215, 216, 217, 218, 219,
      ])
    #expect(counted(held).warming.prefix(3) == [12, 13, 14], "it warms up on what comes before")
    let bySequence = try open(files, fraction: 0.34) { request, _ in request.holdOut = .sequences }
    #expect(bySequence.training.originNames == ["a", "b"])
    #expect(bySequence.validation?.originNames == ["c"])
    let byName = try open(files) { request, _ in request.validationSequences = ["b"] }
    #expect(byName.training.originNames == ["a", "c"] && byName.validation?.originNames == ["b"])
    let stranger = failure {
      _ = try open(files) { request, _ in request.validationSequences = ["bb"] }
    }
    #expect(stranger?.description.contains("did you mean \"b\"?") == true)
  }

  @Test func rowsOfAFile() throws {
    let corpus = try open(["a.csv": ramp(20)]) { request, _ in
      request.training = SeriesPaths(request.training.paths.map { $0 + "[5:12]" })
    }.training
    #expect(counted(corpus).counted == (5..<12).map { Float($0) })
  }

  @Test func deviationsScaleEachSequence() throws {
    let corpus = try open(["a.csv": "u,y\n0,0\n0,2\n", "b.csv": "u,y\n0,0\n0,20\n"]) { request, _ in
      request.task.needsDeviations = true
    }.training
    let scales = try #require(corpus.sequenceScales)
    #expect(abs(scales[0] - 1 / 1.1) < 1e-6 && abs(scales[1] - 1 / 10.1) < 1e-6)
  }

  @Test func severalFilesMustHaveTheColumns() throws {
    let error = failure { _ = try open(["a.csv": ramp(5), "b.csv": "u,Y\n1,2\n3,4\n"]) }
    #expect(error?.description.contains("b.csv") == true)
    #expect(error?.description.contains("did you mean \"Y\"?") == true)
  }
}
