import SequenceData

/// Strings of bits, whose parity so far is to be told at each time step: the example of a generator.
final class ParityCorpus: Corpus {
  let source = "parity"
  let inputKind = InputKind.symbols(count: 2)
  let targetKind = TargetKind.classes(count: 2)
  let isContinuous = false
  let sequenceCount: Int
  let score = Score(name: "parity", measure: .accuracy, threshold: 0.99)
  private let length: Int
  private let seed: UInt64
  private let purpose: SamplePurpose

  init(length: Int, samples: Int, seed: UInt64, purpose: SamplePurpose) {
    self.length = length
    sequenceCount = samples
    self.seed = seed
    self.purpose = purpose
  }

  func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int { length }

  func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int
  ) {
    let random = SampleRandom(
      seed: seed, purpose: purpose, sample: epoch * sequenceCount + sequence)
    var parity: Int32 = 0
    for timeStep in 0..<timeSteps.upperBound {
      let bit = Int32(random.integer(at: timeStep, below: 2))
      parity ^= bit
      guard timeStep >= timeSteps.lowerBound else { continue }
      let place = (row + timeStep - timeSteps.lowerBound) * window.streams + stream
      window.inputSymbols[place] = bit
      window.targetClasses[place] = parity
      window.weights[place] = 1
      window.scored[place] = 1
    }
  }
}
