/// A text, or a part of one, as one continuous sequence of symbols: at each time step the input is
/// a symbol and the target the next one. N symbols are N − 1 time steps.
package final class TextCorpus: Corpus {
  /// The symbols and their numbers.
  package let vocabulary: Vocabulary
  /// The number of symbols, N.
  package let symbolCount: Int
  package let source: String

  private let file: TokenFile
  private let first: Int

  init(file: TokenFile, symbols: Range<Int>, source: String) throws(SequenceDataError) {
    guard symbols.count >= 2 else { throw .noTimeSteps(source: source) }
    self.file = file
    self.source = source
    vocabulary = file.vocabulary
    first = symbols.lowerBound
    symbolCount = symbols.count
  }

  package var inputKind: InputKind { .symbols(count: vocabulary.count) }
  package var targetKind: TargetKind { .classes(count: vocabulary.count) }
  package var isContinuous: Bool { true }
  package var sequenceCount: Int { 1 }
  package var score: Score { .standard(for: targetKind) }

  package func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int { symbolCount - 1 }

  package func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int
  ) {
    precondition(
      timeSteps.upperBound < symbolCount, "time steps \(timeSteps) of \(symbolCount - 1)")
    let streams = window.streams
    let element = row * streams + stream
    let start = first + timeSteps.lowerBound
    file.copy(
      start: start, count: timeSteps.count, to: window.inputSymbols + element, stride: streams)
    file.copy(
      start: start + 1, count: timeSteps.count, to: window.targetClasses + element,
      stride: streams)
    window.count(every: timeSteps.count, stream: stream, row: row)
  }
}

extension Window {
  /// Makes `count` rows of a stream count in the cost and in the score.
  func count(every count: Int, stream: Int, row: Int) {
    let (weights, scored, streams) = (weights, scored, streams)
    var cell = row * streams + stream
    for _ in 0..<count {
      weights[cell] = 1
      scored[cell] = 1
      cell += streams
    }
  }
}
