import Storage

/// One window of a rank's streams as the network reads it; all arrays are time-major, [T, B].
public struct NetworkBatch {
  /// T and B of this window.
  public var dimensions: WindowDimensions
  /// The symbols, if the network reads symbols.
  public var symbols: UnsafePointer<Int32>?  // [T, B]
  /// The vectors, if it reads vectors.
  public var vectors: UnsafePointer<Float>?  // [T, B, I]
  /// The target classes, for cross-entropy.
  public var targetClasses: UnsafePointer<Int32>?  // [T, B]
  /// The target values or labels, for the other losses.
  public var targetValues: UnsafePointer<Float>?  // [T, B, O]
  /// How much each time step counts.
  public var weights: UnsafePointer<Float>  // [T, B]
  /// 1 where a sequence starts.
  public var resets: UnsafePointer<UInt8>  // [T, B]
  /// 1 where the task's score looks.
  public var scored: UnsafePointer<UInt8>?  // [T, B]

  /// A window.
  public init(
    dimensions: WindowDimensions, symbols: UnsafePointer<Int32>? = nil,
    vectors: UnsafePointer<Float>? = nil, targetClasses: UnsafePointer<Int32>? = nil,
    targetValues: UnsafePointer<Float>? = nil, weights: UnsafePointer<Float>,
    resets: UnsafePointer<UInt8>, scored: UnsafePointer<UInt8>? = nil
  ) {
    self.dimensions = dimensions
    self.symbols = symbols
    self.vectors = vectors
    self.targetClasses = targetClasses
    self.targetValues = targetValues
    self.weights = weights
    self.resets = resets
    self.scored = scored
  }
}

/// What keys the dropout masks of one window.
public struct DropoutKey: Sendable, Equatable {
  /// The run's seed.
  public var seed: UInt64
  /// The global number of the window's first stream.
  public var firstStream: Int
  /// The window's first time step, counted since the start of training.
  public var firstTimeStep: Int

  /// A key.
  public init(seed: UInt64, firstStream: Int, firstTimeStep: Int) {
    self.seed = seed
    self.firstStream = firstStream
    self.firstTimeStep = firstTimeStep
  }
}

/// Sums over counted time steps and streams; divided once, by the global count.
public struct LossSum: Sendable, Equatable {
  /// Σ weight · loss.
  public var sum = 0.0
  /// Σ weight.
  public var count = 0.0
  /// Σ weight over time steps that were predicted right.
  public var hits = 0.0
  /// How many time steps the task's score looked at.
  public var scored = 0.0
  /// How many of those were predicted right.
  public var scoredHits = 0.0
  /// Σ weight · squared error in the data's units, for values; the caller's to add.
  public var squaredErrorInUnits = 0.0

  /// Nothing yet.
  public init() {}

  /// sum / count.
  public var mean: Double { sum / count }
}
