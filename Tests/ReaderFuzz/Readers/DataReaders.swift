import Files
import Foundation
import SequenceData

extension FuzzedReader {
  /// JSON Lines, to learn and to predict from.
  static func sequences(_ scratch: Scratch) throws -> [FuzzedReader] {
    let cache = CacheFolder(path: "\(scratch.path)/cache")
    let words = ["\"inputs\"", "\"targets\"", "\"per_step\"", "\"id\"", "\"per_step\": true"]
    func learning(_ targets: TargetInterpretation, _ seeds: [String]) -> FuzzedReader {
      FuzzedReader(
        name: "sequences-\(targets.rawValue)", share: 40, seeds: seeds.map { Array($0.utf8) },
        words: words
      ) { bytes in
        let prepared = try SequencesCorpus.prepare(
          training: try scratch.write(bytes, to: "lines.jsonl"), targets: targets, cache: cache)
        defer { unlink(prepared.training.cache) }
        try readThrough(try prepared.open().training)
        return true
      }
    }
    let predicting = FuzzedReader(
      name: "sequences-to-predict", share: 60, seeds: (classes + values).map { Array($0.utf8) },
      words: words
    ) { bytes in
      let path = try scratch.write(bytes, to: "lines.jsonl")
      let lines = try SequenceLineReader(path: path, toPredict: .values)
      while let line = try lines.nextLine() {
        if case .sequence(let record) = line { _ = JSON.line(record.identifier) }
      }
      return true
    }
    return [
      learning(.classes, classes), learning(.values, values), learning(.labels, labels), predicting,
    ]
  }

  private static let classes = [
    """
    {"inputs": [0, 1, 2], "targets": [0, null, 1], "per_step": true}
    {"id": "b\\u00e4\\ud83d\\ude00", "inputs": [2, 1], "targets": 1}
    """,
    "{\"inputs\": [0, 1, 2]}\n\n{\"inputs\": [3, 1]}\r\n",
    "{\"inputs\": [[0.5, -1e3], [2, 3]], \"targets\": 1, \"id\": 7}\n",
  ]

  private static let values = [
    "{\"inputs\": [[0.5, -1e3], [2, 3]]}\n{\"inputs\": [[1, 2], [3, 4], [5, 6]]}\n",
    "{\"inputs\": [[1], [2]], \"targets\": [[0.5, 2], null], \"per_step\": true}\n",
    "{\"inputs\": [1, 0, 2], \"targets\": 0.25}\n",
  ]

  private static let labels = [
    "{\"inputs\": [0, 1], \"targets\": [1, 4]}\n{\"inputs\": [1], \"targets\": []}\n",
    "{\"inputs\": [[0, 1], [1, 1]]}\n",
  ]
}

extension FuzzedReader {
  /// Texts, and vocabularies as checkpoints keep them.
  static func texts(_ scratch: Scratch) throws -> [FuzzedReader] {
    let cache = CacheFolder(path: "\(scratch.path)/cache")
    let seeds = ["the cat sat\non a mat\n", "aé\u{1F600}b\u{2003}c e\u{301}\r\n<unk> <eos>"]
    func reader(_ unit: TextUnit, unknown: String? = nil) -> FuzzedReader {
      FuzzedReader(
        name: "text-\(unit.rawValue)", share: 30, seeds: seeds.map { Array($0.utf8) }
      ) { bytes in
        let prepared = try TextCorpus.prepare(
          training: try scratch.write(bytes, to: "text.txt"), unit: unit, unknown: unknown,
          cache: cache)
        defer { unlink(prepared.training.cache) }
        let corpus = try prepared.open().training
        try readThrough(corpus)
        _ = corpus.vocabulary.decode([0, Int32(corpus.vocabulary.count - 1)])
        return true
      }
    }
    let vocabularies = [
      "{\"unit\": \"character\", \"symbols\": [\"a\", \"b\", \"<?>\"], \"unknown\": \"<?>\"}",
      "{\"unit\": \"word\", \"symbols\": [\"<eos>\", \"<unk>\", \"caf\\u00e9\"]}",
      "{\"unit\": \"byte\", \"symbols\": []}",
    ]
    return [
      reader(.byte), reader(.character, unknown: "\u{FFFD}"), reader(.word),
      FuzzedReader(
        name: "vocabulary", share: 100, seeds: vocabularies.map { Array($0.utf8) },
        words: ["\"unit\"", "\"symbols\"", "\"unknown\"", "\"word\"", "<unk>"]
      ) { bytes in
        guard let vocabulary = JSON.value(Vocabulary.self, from: bytes) else { return false }
        let numbers = try vocabulary.encode("ab café\n")
        guard numbers.allSatisfy({ $0 >= 0 && $0 < vocabulary.count }) else {
          throw ReaderMistake(problem: "a symbol's number is beyond the vocabulary")
        }
        _ = vocabulary.decode(numbers)
        return true
      },
    ]
  }

  /// Reads all time steps of a corpus, whose numbers must be in range.
  static func readThrough(_ corpus: any Corpus) throws {
    let plan = try EpochPlan(corpus: corpus, streams: 1)
    // A small one: a set of labels may be wide.
    let window = Window(
      capacity: 1, streams: 1, inputKind: corpus.inputKind, targetKind: corpus.targetKind)
    for position in 0..<plan.timeSteps {
      plan.fill(window, from: position, to: position + 1, countedFrom: position)
      if case .symbols(let count) = corpus.inputKind {
        try require(window.inputSymbols[0], below: count)
      }
      if case .classes(let count) = corpus.targetKind {
        try require(window.targetClasses[0], below: count)
      }
    }
  }

  private static func require(_ number: Int32, below count: Int) throws {
    guard number >= 0, number < count else {
      throw ReaderMistake(problem: "\(number) is beyond 0 to \(count - 1)")
    }
  }
}
