/// Uniformly random symbols as one continuous sequence: nothing can be learned from it, but it has
/// the shape of a text, for benchmarks.
package final class RandomSymbolsCorpus: Corpus {
  /// The number of different symbols.
  package let symbols: Int
  private let timeSteps: Int
  private let random: SampleRandom

  /// `timeSteps` time steps of `symbols` symbols.
  package init(symbols: Int, timeSteps: Int, seed: UInt64) {
    precondition(symbols > 0, "symbols \(symbols), expected 1 or more")
    precondition(timeSteps > 0, "time steps \(timeSteps), expected 1 or more")
    self.symbols = symbols
    self.timeSteps = timeSteps
    random = SampleRandom(seed: seed, purpose: .training, sample: 0)
  }

  package var source: String { "random symbols" }
  package var inputKind: InputKind { .symbols(count: symbols) }
  package var targetKind: TargetKind { .classes(count: symbols) }
  package var isContinuous: Bool { true }
  package var sequenceCount: Int { 1 }
  package var score: Score { .standard(for: targetKind) }

  package func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int { timeSteps }

  package func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int
  ) {
    var symbol = random.integer(at: timeSteps.lowerBound, below: symbols)
    for (offset, timeStep) in timeSteps.enumerated() {
      let element = (row + offset) * window.streams + stream
      window.inputSymbols[element] = Int32(symbol)
      symbol = random.integer(at: timeStep + 1, below: symbols)
      window.targetClasses[element] = Int32(symbol)
    }
    window.count(every: timeSteps.count, stream: stream, row: row)
  }
}
