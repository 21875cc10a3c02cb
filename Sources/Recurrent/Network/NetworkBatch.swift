import Storage

/// One window of some streams as the network reads it; all arrays are time-major, [T, B].
package struct NetworkBatch: Sendable {
  /// T and B of this window.
  package let dimensions: WindowDimensions
  /// The symbols, if the network reads symbols.
  let symbols: Common<Int32>?  // [T, B]
  /// The vectors, if it reads vectors.
  let vectors: Common<Float>?  // [T, B, I]
  /// The target classes, for losses of classes.
  package let targetClasses: Common<Int32>?  // [T, B]
  /// The target values or labels, for the other losses. A value that is NaN does not count.
  package let targetValues: Common<Float>?  // [T, B, targets]
  /// How much each time step counts.
  package let weights: Common<Float>  // [T, B]
  /// 1 where a sequence starts.
  let resets: Resets  // [T, B]
  /// 1 where the task's score looks.
  let scored: Common<UInt8>?  // [T, B]
  /// The corpus's sequence that each row is of; 0 where there is none.
  let sequences: Common<Int32>?  // [T, B]
  /// What errors of each sequence are multiplied by, for losses that ask for it.
  let scales: Common<Float>?  // [sequences, targets]
  /// The leaves in which its sums run.
  package let leaves: WindowLeaves
  /// The signal's energies in the whole minibatch's window, for the error-to-signal ratio.
  package var energies: SignalEnergies?

  /// A window.
  package init(
    dimensions: WindowDimensions, symbols: UnsafePointer<Int32>? = nil,
    vectors: UnsafePointer<Float>? = nil, targetClasses: UnsafePointer<Int32>? = nil,
    targetValues: UnsafePointer<Float>? = nil, weights: UnsafePointer<Float>,
    resets: UnsafePointer<UInt8>, scored: UnsafePointer<UInt8>? = nil,
    sequences: UnsafePointer<Int32>? = nil, scales: UnsafePointer<Float>? = nil,
    leaves: WindowLeaves = .one
  ) {
    self.dimensions = dimensions
    self.symbols = symbols.map { Common($0) }
    self.vectors = vectors.map { Common($0) }
    self.targetClasses = targetClasses.map { Common($0) }
    self.targetValues = targetValues.map { Common($0) }
    self.weights = Common(weights)
    self.resets = Resets(resets, rows: dimensions.rows)
    self.scored = scored.map { Common($0) }
    self.sequences = sequences.map { Common($0) }
    self.scales = scales.map { Common($0) }
    self.leaves = leaves
  }
}

extension NetworkBatch {
  /// Marks the rows of the embedding that this window reads.
  package func mark(_ rows: TouchedRows) {
    guard let symbols else { return }
    rows.mark(symbols.base, count: dimensions.rows)
  }
}
