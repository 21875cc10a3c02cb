import Foundation
import SequenceData
import TestSupport
import Testing

extension TestFolder {
  var cache: CacheFolder { CacheFolder(path: path + "/cache") }

  func cacheFiles() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: cache.path)) ?? []).sorted()
  }
}

/// Sequences of given lengths; input and target of time step t of sequence s are 1000·s + t and one
/// more.
final class CountingCorpus: Corpus {
  let lengths: [Int]
  let isContinuous: Bool

  init(lengths: [Int], isContinuous: Bool = false) {
    self.lengths = lengths
    self.isContinuous = isContinuous
  }

  var source: String { "counting" }
  var inputKind: InputKind { .symbols(count: 1_000_000) }
  var targetKind: TargetKind { .classes(count: 1_000_000) }
  var sequenceCount: Int { lengths.count }
  var score: Score { Score(name: "accuracy", measure: .accuracy) }

  func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int { lengths[sequence] }

  func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int
  ) {
    for (offset, timeStep) in timeSteps.enumerated() {
      let step = (row + offset) * window.streams + stream
      window.inputSymbols[step] = Int32(1000 * sequence + timeStep)
      window.targetClasses[step] = Int32(1000 * sequence + timeStep + 1)
      window.weights[step] = 1
      window.scored[step] = 1
    }
  }
}

extension Window {
  /// A window that fits a corpus and a shard.
  convenience init(for corpus: any Corpus, streams: Int, capacity: Int = 8) {
    self.init(
      capacity: capacity, streams: streams, inputKind: corpus.inputKind,
      targetKind: corpus.targetKind)
  }

  /// All that a window says about one time step of one stream.
  struct Step: Equatable {
    var inputs: [Float]
    var targets: [Float]
    var weight: Float
    var reset: Bool
    var scored: Bool
  }

  func step(_ row: Int, _ stream: Int) -> Step {
    let step = row * streams + stream
    let inputs: [Float] =
      if case .vectors = inputKind {
        (0..<inputWidth).map { inputVectors[step * inputWidth + $0] }
      } else {
        [Float(inputSymbols[step])]
      }
    let targets: [Float] =
      if case .classes = targetKind {
        [Float(targetClasses[step])]
      } else {
        (0..<targetWidth).map { targetValues[step * targetWidth + $0] }
      }
    return Step(
      inputs: inputs, targets: targets, weight: weights[step], reset: resets[step] == 1,
      scored: scored[step] == 1)
  }

  func column(_ stream: Int) -> [Step] { (0..<timeSteps).map { step($0, stream) } }
}

extension EpochPlan {
  /// All steps of each stream of the shard, read in one window.
  func allSteps() -> [[Window.Step]] {
    let window = Window(for: corpus, streams: shard.count)
    fill(window, from: 0, to: timeSteps, countedFrom: 0)
    return (0..<shard.count).map { window.column($0) }
  }
}

/// All steps of one sequence.
func steps(of corpus: any Corpus, sequence: Int, epoch: Int = 0) -> [Window.Step] {
  let count = corpus.timeSteps(ofSequence: sequence, epoch: epoch)
  let window = Window(for: corpus, streams: 1)
  window.resize(timeSteps: count)
  corpus.read(
    sequence: sequence, epoch: epoch, timeSteps: 0..<count, into: window, stream: 0, row: 0)
  return window.column(0)
}

/// The error that a body throws.
func failure(_ body: () throws -> Void) -> SequenceDataError? {
  #expect(throws: SequenceDataError.self, performing: body)
}
