/// A set of sequences from a JSON Lines file, or a part of one.
///
/// Each line is `{"inputs": …, "targets": …}`. Inputs are vectors, or whole numbers for symbols. The
/// target is one for the last time step, or with `"per_step": true` one for each, null where not
/// counted. Without targets the task is to predict the next input.
package final class SequencesCorpus: Corpus {
  package let source: String
  package let sequenceCount: Int
  /// What inputs and targets are.
  package var kinds: SequenceKinds { file.kinds }

  private let file: SequenceFile
  private let first: Int

  init(file: SequenceFile, sequences: Range<Int>, source: String) {
    precondition(!sequences.isEmpty, "sequences \(sequences), expected one or more")
    self.file = file
    self.source = source
    first = sequences.lowerBound
    sequenceCount = sequences.count
  }

  package var inputKind: InputKind { file.kinds.input }
  package var targetKind: TargetKind { file.kinds.target }
  package var isContinuous: Bool { false }
  package var score: Score { .standard(for: targetKind) }

  package func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int {
    Int(file.entry(first + sequence).timeSteps)
  }

  package func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int
  ) {
    let entry = file.entry(first + sequence)
    let inputs = Int(entry.element)
    let afterInputs = inputs + Int(entry.timeSteps) * file.inputWidth
    precondition(
      timeSteps.upperBound <= Int(entry.timeSteps), "time steps \(timeSteps) of \(entry.timeSteps)")
    for (offset, timeStep) in timeSteps.enumerated() {
      let step = (row + offset) * window.streams + stream
      copyInput(inputs + timeStep * file.inputWidth, to: step, of: window)
      var target: Int? = inputs + (timeStep + 1) * file.inputWidth
      switch SequenceEntry.Layout(rawValue: entry.layout) {
      case .last:
        target = timeStep + 1 == Int(entry.timeSteps) ? afterInputs : nil
      case .perStep:
        let isCounted = file.elements(Int32.self)[afterInputs + timeStep] != 0
        let rows = afterInputs + Int(entry.timeSteps)
        target = isCounted ? rows + timeStep * file.targetWidth : nil
      case .nextInput, nil:
        break
      }
      copyTarget(target, to: step, of: window)
      window.weights[step] = target == nil ? 0 : 1
      window.scored[step] = target == nil ? 0 : 1
    }
  }

  private func copyInput(_ element: Int, to step: Int, of window: Window) {
    switch file.kinds.input {
    case .symbols(let count):
      window.inputSymbols[step] = number(at: element, below: count)
    case .vectors(let width):
      (window.inputVectors + step * width).update(
        from: file.elements(Float.self) + element, count: width)
    }
  }

  /// Copies a target, or zeros where there is none.
  private func copyTarget(_ element: Int?, to step: Int, of window: Window) {
    switch file.kinds.target {
    case .classes(let count):
      window.targetClasses[step] = element.map { number(at: $0, below: count) } ?? 0
    case .values(let width), .labels(let width):
      let target = window.targetValues + step * width
      if let element {
        target.update(from: file.elements(Float.self) + element, count: width)
      } else {
        target.update(repeating: 0, count: width)
      }
    }
  }

  /// A symbol or class number. One out of range, in a file damaged after it was checked, becomes
  /// the nearest in range, so that nothing reads outside an embedding.
  private func number(at element: Int, below count: Int) -> Int32 {
    min(max(0, file.elements(Int32.self)[element]), Int32(count - 1))
  }
}
