/// The embedded Reber grammar (Fahlman, "The recurrent cascade-correlation architecture", 1991;
/// Hochreiter and Schmidhuber, "Long short-term memory", 1997, experiment 1): B, then T or P, then a
/// whole string of Reber's grammar, then the same T or P, then E. At each time step the input is a
/// symbol and the target the next one.
///
/// The score is the accuracy at the one step whose target repeats the second symbol, the only one
/// that needs memory over the inner string. Solved: at least 99% of fresh strings.
package final class ReberCorpus: Corpus {
  /// The symbols by number.
  package static let symbols = ["B", "T", "S", "X", "P", "V", "E"]

  package let sequenceCount: Int
  private let seed: UInt64
  private let purpose: SamplePurpose

  /// `samples` fresh strings per epoch.
  package init(samples: Int, seed: UInt64, purpose: SamplePurpose = .training) {
    precondition(samples > 0, "samples \(samples), expected 1 or more")
    sequenceCount = samples
    self.seed = seed
    self.purpose = purpose
  }

  package var source: String { "reber" }
  package var inputKind: InputKind { .symbols(count: Self.symbols.count) }
  package var targetKind: TargetKind { .classes(count: Self.symbols.count) }
  package var isContinuous: Bool { false }
  package var score: Score {
    Score(name: "second symbol repeated", measure: .accuracy, threshold: 0.99)
  }

  package func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int {
    var string = string(sequence: sequence, epoch: epoch)
    var length = 0
    while string.next() != nil { length += 1 }
    return length - 1
  }

  package func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int
  ) {
    var string = string(sequence: sequence, epoch: epoch)
    var timeStep = 0
    var input = string.next()
    while timeStep < timeSteps.upperBound, let symbol = input, let target = string.next() {
      if timeStep >= timeSteps.lowerBound {
        let element = (row + timeStep - timeSteps.lowerBound) * window.streams + stream
        window.inputSymbols[element] = symbol
        window.targetClasses[element] = target
        window.weights[element] = 1
        window.scored[element] = string.hasJustRepeatedSecondSymbol ? 1 : 0
      }
      input = target
      timeStep += 1
    }
  }

  private func string(sequence: Int, epoch: Int) -> EmbeddedReberString {
    EmbeddedReberString(
      SampleRandom(seed: seed, purpose: purpose, sample: epoch * sequenceCount + sequence))
  }
}

/// Walks through one random string of the embedded grammar, symbol by symbol, in no memory.
private struct EmbeddedReberString {
  // Where the walk is: before B, before the second symbol, the inner B, one of the inner grammar's
  // states 0…4, the inner E, the repeated symbol, the last E, the end.
  private enum Place {
    case begin, second, innerBegin
    case inner(Int)
    case innerEnd, repeated, end, over
  }

  private var place = Place.begin
  private var second: Int32 = 0
  private var random: SampleRandom
  private(set) var hasJustRepeatedSecondSymbol = false

  // Symbol numbers: B 0, T 1, S 2, X 3, P 4, V 5, E 6. Each state has two arcs of equal
  // probability, to the state with that number; state 5 is the end of the inner string.
  private static let arcs: [((symbol: Int32, state: Int), (symbol: Int32, state: Int))] = [
    ((1, 1), (4, 2)),  // T, P
    ((2, 1), (3, 3)),  // S, X
    ((1, 2), (5, 4)),  // T, V
    ((3, 2), (2, 5)),  // X, S
    ((4, 3), (5, 5)),  // P, V
  ]

  init(_ random: SampleRandom) { self.random = random }

  /// The next symbol; nil after the last.
  mutating func next() -> Int32? {
    hasJustRepeatedSecondSymbol = false
    switch place {
    case .begin:
      place = .second
      return 0
    case .second:
      second = flip() ? 1 : 4
      place = .innerBegin
      return second
    case .innerBegin:
      place = .inner(0)
      return 0
    case .inner(let state):
      let arc = flip() ? Self.arcs[state].0 : Self.arcs[state].1
      place = arc.state == 5 ? .innerEnd : .inner(arc.state)
      return arc.symbol
    case .innerEnd:
      place = .repeated
      return 6
    case .repeated:
      place = .end
      hasJustRepeatedSecondSymbol = true
      return second
    case .end:
      place = .over
      return 6
    case .over:
      return nil
    }
  }

  private mutating func flip() -> Bool { random.nextNumber() >> 31 == 0 }
}
