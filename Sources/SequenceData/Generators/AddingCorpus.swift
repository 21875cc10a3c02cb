/// The adding problem (Hochreiter and Schmidhuber, "Long short-term memory", 1997, experiment 4, in
/// the form of Arjovsky, Shah and Bengio, "Unitary evolution recurrent neural networks", 2016): each
/// input is a number from [0, 1) and a marker; one number in the first half and one in the second
/// half of the sequence are marked, and the target at the last time step is their sum.
///
/// The score is the mean squared error. Always to say 1 gives 1/6 ≈ 0.167; solved: below 0.01.
package final class AddingCorpus: Corpus {
  /// The time steps of each sequence, T.
  package let length: Int
  package let sequenceCount: Int
  private let seed: UInt64
  private let purpose: SamplePurpose

  /// `samples` fresh sequences of `length` ≥ 2 time steps per epoch.
  package init(
    length: Int, samples: Int, seed: UInt64, purpose: SamplePurpose = .training
  ) {
    precondition(length >= 2, "length \(length), expected 2 or more")
    precondition(samples > 0, "samples \(samples), expected 1 or more")
    self.length = length
    sequenceCount = samples
    self.seed = seed
    self.purpose = purpose
  }

  package var source: String { "adding" }
  package var inputKind: InputKind { .vectors(width: 2) }
  package var targetKind: TargetKind { .values(width: 1) }
  package var isContinuous: Bool { false }
  package var score: Score {
    Score(name: "mean squared error", measure: .meanSquaredError, threshold: 0.01)
  }

  package func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int { length }

  package func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int
  ) {
    let random = SampleRandom(
      seed: seed, purpose: purpose, sample: epoch * sequenceCount + sequence)
    // The first four random numbers place the markers; number 4 + t is the input of step t.
    let half = length / 2
    let first = random.integer(at: 0, below: half)
    let second = half + random.integer(at: 1, below: length - half)
    for (offset, timeStep) in timeSteps.enumerated() {
      let element = (row + offset) * window.streams + stream
      let isLast = timeStep == length - 1
      window.inputVectors[element * 2] = random.fraction(at: 4 + timeStep)
      window.inputVectors[element * 2 + 1] = timeStep == first || timeStep == second ? 1 : 0
      window.targetValues[element] =
        isLast ? random.fraction(at: 4 + first) + random.fraction(at: 4 + second) : 0
      window.weights[element] = isLast ? 1 : 0
      window.scored[element] = isLast ? 1 : 0
    }
  }
}
