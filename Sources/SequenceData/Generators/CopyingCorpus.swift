import Foundation

/// The copying problem (Hochreiter and Schmidhuber, 1997, in the form of Arjovsky, Shah and Bengio,
/// "Unitary evolution recurrent neural networks", 2016): ten symbols of eight, `delay` − 1 blanks, a
/// delimiter, ten blanks; the target is blank until the last ten time steps, where it is the ten
/// symbols in their order. A sequence has `delay` + 20 time steps, and all count.
///
/// The score is the accuracy on the last ten time steps. Solved: at least 99% of the symbols. To
/// remember nothing costs 10 ln 8 / (delay + 20) nats per time step.
package final class CopyingCorpus: Corpus {
  /// The symbols to recall.
  package static let recalled = 10
  /// The number of different symbols: 1…8.
  package static let alphabet = 8
  /// The number of the blank.
  package static let blank: Int32 = 0
  /// The number of the delimiter.
  package static let delimiter: Int32 = 9

  /// The time steps between the last symbol and the delimiter, inclusive, T.
  package let delay: Int
  package let sequenceCount: Int
  private let seed: UInt64
  private let purpose: SamplePurpose

  /// `samples` fresh sequences per epoch.
  package init(
    delay: Int, samples: Int, seed: UInt64, purpose: SamplePurpose = .training
  ) {
    precondition(delay >= 1, "delay \(delay), expected 1 or more")
    precondition(samples > 0, "samples \(samples), expected 1 or more")
    self.delay = delay
    sequenceCount = samples
    self.seed = seed
    self.purpose = purpose
  }

  package var source: String { "copying" }
  package var inputKind: InputKind { .symbols(count: Self.alphabet + 2) }
  package var targetKind: TargetKind { .classes(count: Self.alphabet + 1) }
  package var isContinuous: Bool { false }
  package var score: Score {
    Score(name: "recalled symbols", measure: .accuracy, threshold: 0.99)
  }

  /// The loss, in nats per time step, of a model that remembers nothing.
  package var baselineLoss: Double {
    Double(Self.recalled) * log(Double(Self.alphabet)) / Double(delay + 2 * Self.recalled)
  }

  package func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int { delay + 2 * Self.recalled }

  package func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int
  ) {
    let random = SampleRandom(
      seed: seed, purpose: purpose, sample: epoch * sequenceCount + sequence)
    let symbol = { (index: Int) in
      Int32(1 + random.integer(at: index, below: Self.alphabet))
    }
    let delimiterStep = Self.recalled + delay - 1
    for (offset, timeStep) in timeSteps.enumerated() {
      let element = (row + offset) * window.streams + stream
      let recallsNow = timeStep > delimiterStep
      window.inputSymbols[element] =
        timeStep < Self.recalled
        ? symbol(timeStep) : timeStep == delimiterStep ? Self.delimiter : Self.blank
      window.targetClasses[element] =
        recallsNow ? symbol(timeStep - delimiterStep - 1) : Self.blank
      window.weights[element] = 1
      window.scored[element] = recallsNow ? 1 : 0
    }
  }
}
