import Foundation
import SequenceData
import TestSupport
import Testing

@Suite struct SequencesTests {
  private func open(
    _ lines: String, _ targets: TargetInterpretation = .classes, fraction: Double = 0,
    validation: String? = nil, kinds: SequenceKinds? = nil
  ) throws -> CorpusSplit<SequencesCorpus> {
    let folder = try TestFolder()
    let path = try folder.write(lines, to: "data.jsonl")
    let held = try validation.map { try folder.write($0, to: "held.jsonl") }
    return try SequencesCorpus.prepare(
      training: path, validation: held, validationFraction: fraction, targets: targets,
      kinds: kinds, cache: folder.cache
    ).open()
  }

  private func step(
    _ inputs: [Float], _ targets: [Float], _ weight: Float = 1
  ) -> Window.Step {
    .init(inputs: inputs, targets: targets, weight: weight, reset: false, scored: weight == 1)
  }

  @Test func classesOfTheLastTimeStep() throws {
    let corpus = try open(
      """
      {"inputs": [[0.5, 1], [2, -3]], "targets": 2}

      {"targets": 0, "inputs": [[1e-1, 0]]}
      """
    ).training
    #expect(corpus.inputKind == .vectors(width: 2) && corpus.targetKind == .classes(count: 3))
    #expect(corpus.sequenceCount == 2 && corpus.timeSteps(ofSequence: 0, epoch: 0) == 2)
    #expect(steps(of: corpus, sequence: 0) == [step([0.5, 1], [0], 0), step([2, -3], [2])])
    #expect(steps(of: corpus, sequence: 1) == [step([0.1, 0], [0])])
  }

  @Test func classesPerTimeStepWithNulls() throws {
    let corpus = try open(
      #"{"inputs": [3, 1, 0], "targets": [1, null, 4], "per_step": true}"#
    ).training
    #expect(corpus.inputKind == .symbols(count: 4) && corpus.targetKind == .classes(count: 5))
    #expect(
      steps(of: corpus, sequence: 0) == [step([3], [1]), step([1], [0], 0), step([0], [4])])
  }

  @Test func valuesMayBeVectorsOrNumbers() throws {
    let corpus = try open(
      #"""
      {"inputs": [[1], [2]], "targets": [0.5, -1]}
      {"inputs": [[1], [2]], "targets": [null, [3, 4]], "per_step": true}
      """#, .values
    ).training
    #expect(corpus.targetKind == .values(width: 2))
    #expect(steps(of: corpus, sequence: 0) == [step([1], [0, 0], 0), step([2], [0.5, -1])])
    #expect(steps(of: corpus, sequence: 1) == [step([1], [0, 0], 0), step([2], [3, 4])])
    let scalar = try open(#"{"inputs": [[1]], "targets": 7}"#, .values).training
    #expect(scalar.targetKind == .values(width: 1))
    #expect(steps(of: scalar, sequence: 0) == [step([1], [7])])
  }

  @Test func labelsAreListsOfNumbers() throws {
    let corpus = try open(
      #"""
      {"inputs": [[1]], "targets": [0, 3]}
      {"inputs": [[1], [1]], "targets": [[], [1]], "per_step": true}
      """#, .labels
    ).training
    #expect(corpus.targetKind == .labels(count: 4))
    #expect(steps(of: corpus, sequence: 0) == [step([1], [1, 0, 0, 1])])
    #expect(steps(of: corpus, sequence: 1) == [step([1], [0, 0, 0, 0]), step([1], [0, 1, 0, 0])])
  }

  @Test func withoutTargetsTheNextInputIsPredicted() throws {
    let symbols = try open(#"{"inputs": [0, 5, 2]}"#).training
    #expect(symbols.targetKind == .classes(count: 6) && symbols.kinds.predictsNextInput)
    #expect(steps(of: symbols, sequence: 0) == [step([0], [5]), step([5], [2])])
    let vectors = try open(#"{"inputs": [[1, 2], [3, 4]]}"#, .values).training
    #expect(vectors.targetKind == .values(width: 2))
    #expect(steps(of: vectors, sequence: 0) == [step([1, 2], [3, 4])])
    let labels = try open(#"{"inputs": [[1, 0], [0, 1]]}"#, .labels).training
    #expect(labels.targetKind == .labels(count: 2))
  }

  /// Every line is told, so that predictions stand beside what they are of.
  @Test func linesToPredictFrom() throws {
    let folder = try TestFolder()
    let path = try folder.write(
      #"""
      {"inputs": [1, 0], "id": "a"}

      {"inputs": [], "id": 7}
      {"inputs": [2], "targets": 1}
      """#, to: "data.jsonl")
    let lines = try SequenceLineReader(path: path, toPredict: .classes)
    var told: [String] = []
    while let line = try lines.nextLine() {
      guard case .sequence(let record) = line else {
        told.append("blank")
        continue
      }
      let id = record.identifier.map { "\($0)" } ?? "none"
      told.append("\(record.inputs.count) \(id)")
    }
    #expect(told == ["2 text(\"a\")", "blank", "0 number(7)", "1 none"])
  }

  @Test(arguments: ["1.5", "true", "null", "[1]", "1e300", "9007199254740994"])
  func badIdentifiers(id: String) throws {
    let error = failure { _ = try open(#"{"inputs": [0, 1], "id": \#(id)}"#) }
    #expect(error?.description.contains("id is") == true, "\(error?.description ?? "")")
  }

  /// Whichever part lacks them, it is found out when the data are opened.
  @Test func somethingMustCount() throws {
    let none = #"{"inputs": [0, 1], "targets": [null, null], "per_step": true}"#
    let some = #"{"inputs": [0, 1], "targets": [null, 1], "per_step": true}"#
    let sets = [
      ([none], 0.0, "training"), ([none, none, some], 0.34, "training"),
      ([some, some, none], 0.34, "validation"),
    ]
    for (lines, fraction, part) in sets {
      let folder = try TestFolder()
      let path = try folder.write(lines.joined(separator: "\n"), to: "data.jsonl")
      let prepared = try SequencesCorpus.prepare(
        training: path, validationFraction: fraction, targets: .classes, cache: folder.cache)
      #expect(
        failure { _ = try prepared.open() } == .noCountedTarget(source: path, part: part))
    }
  }

  @Test func labelsThatNoRowHolds() throws {
    let error = failure { _ = try open(#"{"inputs": [0], "targets": [100000000]}"#, .labels) }
    #expect(error?.description.contains("data.jsonl:1: label 100000000") == true)
    #expect(error?.description.contains("400 MB") == true)
  }

  @Test func lastLinesAreHeldOut() throws {
    let lines = (0..<11).map { #"{"inputs": [\#($0), 0]}"# }.joined(separator: "\n")
    let split = try open(lines, fraction: 0.2)
    let held = try #require(split.validation)
    #expect(split.training.sequenceCount == 9 && held.sequenceCount == 2)
    #expect((0..<2).map { steps(of: held, sequence: $0)[0].inputs } == [[9], [10]])
    #expect(held.inputKind == .symbols(count: 11))
  }

  @Test func validationHasToFitTheTrainingFile() throws {
    let training = #"{"inputs": [0, 1, 2], "targets": 1}"#
    let split = try open(training, validation: #"{"inputs": [0], "targets": 0}"#)
    #expect(split.validation?.inputKind == .symbols(count: 3))
    #expect(split.validation?.targetKind == .classes(count: 2))
    for (line, words) in [
      (#"{"inputs": [3], "targets": 0}"#, "symbol 3"),
      (#"{"inputs": [0], "targets": 2}"#, "class 2"),
      (#"{"inputs": [[0]], "targets": 1}"#, "vectors of 1, expected symbol numbers"),
      (#"{"inputs": [0, 1]}"#, "no targets"),
    ] {
      let error = failure { _ = try open(training, validation: line) }
      #expect(error?.description.contains(":1: ") == true)
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
    let kinds = split.training.kinds
    #expect(try open(#"{"inputs": [0], "targets": 0}"#, kinds: kinds).training.kinds == kinds)
    let json = try JSONEncoder().encode(kinds)
    #expect(try JSONDecoder().decode(SequenceKinds.self, from: json) == kinds)
  }

  @Test(arguments: [
    (#"{"inputs": [0, 1"#, "not JSON at column 17"), ("[1]", "expected an object"),
    (#"{"inputs": [NaN]}"#, "not JSON at column 13"), (#"{"targets": 1}"#, "no inputs"),
    (#"{"inputs": [], "targets": 1}"#, "empty"), (#"{"inputs": 3, "targets": 1}"#, "number 3"),
    (#"{"inputs": [0.5], "targets": 1}"#, "input 0, expected a whole number"),
    (#"{"inputs": [-1], "targets": 1}"#, "whole number"),
    (#"{"inputs": [[1], [1, 2]], "targets": 1}"#, "input 1 has 2 numbers, expected 1"),
    (#"{"inputs": [[1], 2], "targets": 1}"#, "input 1, expected a vector"),
    (#"{"inputs": [[1e999]], "targets": 1}"#, "finite"),
    (#"{"inputs": [[1e39]], "targets": 1}"#, "finite"),
    (#"{"inputs": [[]], "targets": 1}"#, "empty vector"),
    (#"{"inputs": [0], "targets": null}"#, "null"),
    (#"{"inputs": [0], "targets": [1]}"#, "whole number"),
    (
      #"{"inputs": [0, 1], "targets": [1], "per_step": true}"#,
      "got 1 for targets, expected a list of 2"
    ),
    (#"{"inputs": [0], "target": 1}"#, "unknown key \"target\""),
    (#"{"inputs": [0], "inputs": [0]}"#, "appears twice"),
    (#"{"inputs": [0], "per_step": 1, "targets": [1]}"#, "per_step"),
    (#"{"inputs": [0], "per_step": true}"#, "without targets"),
    (#"{"inputs": [0]}"#, "at least two"), (#"{"inputs": [0, 1]}"#, "add targets"),
    (#"{"inputs": [[1]], "targets": 1}"#, "expected symbol numbers"),
    (#"{"inputs": [0], "targets": 1} x"#, "more text"), (#"{"inputs": [01]}"#, "not a number"),
    (String(repeating: "[", count: 100_000), "nested too deeply"),
  ])
  func badLinesAreLocated(line: String, words: String) {
    let good = #"{"inputs": [0, 1], "targets": 1}"#
    let error = failure { _ = try open("\(good)\n\n\(line)\n\(good)\n") }
    #expect(error?.description.contains("data.jsonl:3: ") == true, "\(error?.description ?? "")")
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func lossesThatDoNotFitAreRefused() {
    for (line, targets, words) in [
      (#"{"inputs": [[1], [2]]}"#, TargetInterpretation.classes, "mean-squared-error"),
      (#"{"inputs": [0, 1]}"#, .values, "cross-entropy"),
      (#"{"inputs": [[1], [2]]}"#, .labels, "not all are 0 or 1"),
      (#"{"inputs": [0], "targets": [0, 1, 0]}"#, .labels, "appears twice"),
      (
        "{\"inputs\": [[1]], \"targets\": [1, 2]}\n{\"inputs\": [[1]], \"targets\": 3}", .values,
        "1 numbers, expected 2"
      ),
      ("\n\n", .classes, "is empty"),
    ] {
      let error = failure { _ = try open(line, targets) }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }

  @Test func longLinesAndEscapesAreRead() throws {
    // A line longer than the reader's buffer of 1 MiB, and keys spelled with escapes.
    let inputs = (0..<400_000).map { "\($0 % 10)" }.joined(separator: ", ")
    let corpus = try open(
      "\u{FEFF}{\"inputs\": [0, 1], \"targets\": 0}\r\n"
        + "{\"\\u0069nputs\": [\(inputs)], \"targets\": 1}"
    ).training
    #expect(corpus.timeSteps(ofSequence: 1, epoch: 0) == 400_000)
    let window = Window(for: corpus, streams: 1)
    window.resize(timeSteps: 2)
    corpus.read(
      sequence: 1, epoch: 0, timeSteps: 399_998..<400_000, into: window, stream: 0, row: 0)
    #expect(window.column(0) == [step([8], [0], 0), step([9], [1])])
  }

  @Test func mutatedFilesGiveAnErrorOrAValidCorpus() throws {
    let whole = Array(
      #"""
      {"inputs": [[0.5, 1e1], [2, -3]], "targets": [2, 0], "per_step": true}
      {"inputs": [[1, 2]], "targets": [null], "per_step": true}
      """#.utf8)
    let alphabet = Array("0123456789.,eE+-\"\n[]{}:ntu\\ ".utf8) + [0, 0xFF]
    var random = SampleRandom(shuffling: 0, seed: 13)
    let folder = try TestFolder()
    for round in 0..<450 {
      var bytes = whole
      for _ in 0...random.nextInteger(below: 3) {
        bytes[random.nextInteger(below: bytes.count)] =
          alphabet[random.nextInteger(below: alphabet.count)]
      }
      let path = try folder.write(bytes, to: "data.jsonl")
      let targets: TargetInterpretation = [.classes, .values, .labels][round % 3]
      // Whatever is thrown is a SequenceDataError: the functions throw no other type.
      guard
        let corpus = try? SequencesCorpus.prepare(
          training: path, targets: targets, cache: folder.cache
        ).open().training
      else { continue }
      for column in try EpochPlan(corpus: corpus, streams: 2).allSteps() {
        for step in column {
          #expect((step.inputs + step.targets).allSatisfy { $0.isFinite })
          if case .classes(let count) = corpus.targetKind {
            #expect((0..<Float(count)).contains(step.targets[0]))
          }
        }
      }
    }
  }
}
