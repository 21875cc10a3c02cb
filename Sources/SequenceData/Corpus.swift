/// Something to learn from: one continuous sequence that may be cut into streams anywhere, or a set
/// of sequences.
///
/// A corpus is immutable, so any thread may read it. Where it makes fresh samples in each epoch,
/// sample `epoch · sequenceCount + sequence` depends only on that number and the seed.
package protocol Corpus: AnyObject, Sendable {
  /// The path or the generator's name, for messages.
  var source: String { get }
  /// What a time step's input is.
  var inputKind: InputKind { get }
  /// What a time step's target is.
  var targetKind: TargetKind { get }
  /// Whether this is one sequence that may be cut into streams (text, series).
  var isContinuous: Bool { get }
  /// The number of sequences in an epoch; 1 if continuous.
  var sequenceCount: Int { get }
  /// How success is measured.
  var score: Score { get }

  /// The wholes that its sequences are pieces of, for measures: as many as sequences where none is cut.
  var originCount: Int { get }
  /// Their names, where they have any.
  var originNames: [String]? { get }
  /// The whole that a sequence is a piece of.
  func origin(ofSequence sequence: Int) -> Int
  /// How much a sequence's targets are scaled in a loss that asks for it.
  var sequenceScales: UnsafePointer<Float>? { get }  // [sequences, targets]
  /// The same data for so many streams: long sequences in pieces that they share.
  func cut(streams: Int) -> any Corpus

  /// The time steps of a sequence (input and target pairs), at least 1.
  func timeSteps(ofSequence sequence: Int, epoch: Int) -> Int

  /// Writes inputs, targets, weights and `scored` of these time steps of a sequence to the rows
  /// `row`, `row + 1`, … of the window's column `stream`. Every one of them is written, zeros too;
  /// resets are the caller's. Nothing is allocated.
  func read(
    sequence: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int, row: Int)
}

extension Corpus {
  package var originCount: Int { sequenceCount }
  package var originNames: [String]? { nil }
  package func origin(ofSequence sequence: Int) -> Int { sequence }
  package var sequenceScales: UnsafePointer<Float>? { nil }
  package func cut(streams: Int) -> any Corpus { self }

  /// The time steps of a whole epoch.
  package func totalTimeSteps(epoch: Int) -> Int {
    (0..<sequenceCount).reduce(0) { $0 + timeSteps(ofSequence: $1, epoch: epoch) }
  }

  /// Checks that a continuous corpus fills at least one window of `k1` time steps in each stream.
  /// A set of sequences always passes: a stream without a sequence has weight 0.
  ///
  /// - Throws: `SequenceDataError.shorterThanOneWindow`.
  package func requireWindow(streams: Int, k1: Int) throws(SequenceDataError) {
    guard isContinuous else { return }
    let available = timeSteps(ofSequence: 0, epoch: 0)
    guard available / max(1, streams) >= k1 else {
      throw .shorterThanOneWindow(source: source, timeSteps: available, streams: streams, k1: k1)
    }
  }
}

/// The training and the validation part of a corpus.
package struct CorpusSplit<Part: Corpus>: Sendable {
  /// What the model learns from.
  package let training: Part
  /// What it is validated on, if anything is held out.
  package let validation: Part?

  /// A pair of parts.
  package init(training: Part, validation: Part?) {
    self.training = training
    self.validation = validation
  }
}

/// The number of trailing elements held out for validation: ⌊count · fraction⌋. The first
/// `count − heldOut` elements are for training.
///
/// - Throws: `SequenceDataError.badValidationFraction` unless 0 ≤ fraction < 1 and both parts keep
///   at least `smallest` elements (the held-out part only if the fraction is not 0).
package func heldOutCount(
  of count: Int, fraction: Double, smallest: Int, source: String
) throws(SequenceDataError) -> Int {
  guard fraction != 0 else { return 0 }
  guard fraction > 0, fraction < 1 else {
    throw .badValidationFraction(source: source, fraction: fraction, count: count)
  }
  let heldOut = Int((Double(count) * fraction).rounded(.down))
  guard heldOut >= smallest, count - heldOut >= smallest else {
    throw .badValidationFraction(source: source, fraction: fraction, count: count)
  }
  return heldOut
}
