import CKernels
import Storage

/// Vectors and target values, all uniform in [−1, 1), as one continuous sequence: nothing can be learned
/// from it, but it has the shape of a series, for benchmarks.
///
/// The numbers repeat after a while, so that reading them takes no longer than reading a file.
package final class RandomValuesCorpus: Corpus {
  /// The width of an input, I.
  package let inputs: Int
  /// The values of a target, O.
  package let outputs: Int
  private let timeSteps: Int
  /// A prime number of time steps, so that streams are not alike: windows are cut at round numbers.
  private static let period = 65_521
  private let numbers: Arena<Float>  // [period, I + O]

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
    let numbers = Arena<Float>(count: min(timeSteps, Self.period) * (inputs + outputs))
    unfold_uniform_fill(
      seed,
      purpose == .training
        ? UNFOLD_PURPOSE_TRAINING_SAMPLE : UNFOLD_PURPOSE_VALIDATION_SAMPLE,
      0, 1, numbers.base, numbers.count)
    self.numbers = numbers
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
    let (vectors, values) = (window.inputVectors, window.targetValues)
    let (inputs, outputs, streams) = (inputs, outputs, window.streams)
    var (element, number) = (row * streams + stream, timeSteps.lowerBound % Self.period)
    for _ in timeSteps {
      let source = numbers.base + number * (inputs + outputs)
      for i in 0..<inputs { vectors[element * inputs + i] = source[i] }
      for o in 0..<outputs { values[element * outputs + o] = source[inputs + o] }
      element += streams
      number = number + 1 < Self.period ? number + 1 : 0
    }
    window.count(every: timeSteps.count, stream: stream, row: row)
  }
}
