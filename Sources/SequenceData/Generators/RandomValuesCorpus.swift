/// Vectors and target values, all uniform in [−1, 1) and independent, as one continuous sequence:
/// nothing can be learned from it, but it has the shape of a series, for benchmarks.
package final class RandomValuesCorpus: Corpus {
  /// The width of an input, I.
  package let inputs: Int
  /// The values of a target, O.
  package let outputs: Int
  private let timeSteps: Int
  private let random: SampleRandom

  /// `timeSteps` time steps of `inputs` inputs and `outputs` target values, the same in every epoch.
  package init(
    inputs: Int, outputs: Int, timeSteps: Int, seed: UInt64, purpose: SamplePurpose = .training
  ) {
    precondition(inputs > 0, "inputs \(inputs), expected 1 or more")
    precondition(outputs > 0, "outputs \(outputs), expected 1 or more")
    precondition(timeSteps > 0, "time steps \(timeSteps), expected 1 or more")
    self.inputs = inputs
    self.outputs = outputs
    self.timeSteps = timeSteps
    random = SampleRandom(seed: seed, purpose: purpose, sample: 0)
  }

  package var source: String { "random values" }
  package var inputKind: InputKind { .vectors(width: inputs) }
  package var targetKind: TargetKind { .values(width: outputs) }
  package var isContinuous: Bool { true }
  package var sequenceCount: Int { 1 }
  package var score: Score { .standard(for: targetKind) }

  package func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int { timeSteps }

  package func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int
  ) {
    // Time step t has the random numbers from t · (I + O) on: its inputs, then its target. They are
    // walked through, since four come from one block.
    var random = random
    random.move(to: timeSteps.lowerBound * (inputs + outputs))
    let vectors = window.inputVectors
    let values = window.targetValues
    for offset in 0..<timeSteps.count {
      let element = (row + offset) * window.streams + stream
      for column in element * inputs..<(element + 1) * inputs {
        vectors[column] = 2 * random.nextFraction() - 1
      }
      for column in element * outputs..<(element + 1) * outputs {
        values[column] = 2 * random.nextFraction() - 1
      }
    }
    window.count(every: timeSteps.count, stream: stream, row: row)
  }
}
