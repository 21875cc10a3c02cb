import SequenceData

/// The units in which measures are summed: a piece of a sequence, or a stream of a continuous corpus. Each
/// lies in one stream, so one rank alone sums it, in the order of time steps; its sums depend neither on
/// the layout nor on where windows end.
package struct MeasuredUnits: Sendable, Equatable {
  /// The whole sequence that each unit is of.
  package let origins: [Int]  // [units]
  /// The sequences' names.
  package let names: [String]  // [sequences]
  /// Whether a unit is a stream; else the window says of each row which it is of.
  package let areStreams: Bool

  /// Units of these sequences, the pieces of a sequence in their order.
  package init(origins: [Int], names: [String], areStreams: Bool) {
    self.origins = origins
    self.names = names
    self.areStreams = areStreams
  }

  /// The units of a corpus in so many streams.
  init(of corpus: any Corpus, streams: Int) {
    let names = corpus.originNames ?? (0..<corpus.originCount).map { "\($0 + 1)" }
    let origins =
      corpus.isContinuous
      ? Array(repeating: 0, count: streams)
      : (0..<corpus.sequenceCount).map { corpus.origin(ofSequence: $0) }
    self.init(origins: origins, names: names, areStreams: corpus.isContinuous)
  }
}
