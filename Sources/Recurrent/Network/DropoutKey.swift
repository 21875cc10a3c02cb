/// What keys the dropout masks of one window.
package struct DropoutKey: Sendable, Equatable {
  /// The run's seed.
  package let seed: UInt64
  /// The global number of the window's first stream.
  package let firstStream: Int
  /// The window's first time step, counted since the start of training.
  package let firstTimeStep: Int

  /// A key.
  package init(seed: UInt64, firstStream: Int, firstTimeStep: Int) {
    self.seed = seed
    self.firstStream = firstStream
    self.firstTimeStep = firstTimeStep
  }
}
