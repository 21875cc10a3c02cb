import Recurrent
import SequenceData
import Storage

extension NetworkBatch {
  /// A filled window as the network reads it.
  ///
  /// - Parameters:
  ///   - window: filled.
  ///   - scales: of the targets of each sequence of the corpus, where the loss asks for them.
  ///   - energies: of the whole minibatch's signal, where the loss asks for them.
  ///   - leaves: in which its sums run.
  init(
    _ window: Window, scales: UnsafePointer<Float>? = nil, energies: SignalEnergies? = nil,
    leaves: WindowLeaves = .one
  ) {
    let (symbols, vectors): (UnsafePointer<Int32>?, UnsafePointer<Float>?) =
      switch window.inputKind {
      case .symbols: (UnsafePointer(window.inputSymbols), nil)
      case .vectors: (nil, UnsafePointer(window.inputVectors))
      }
    let (classes, values): (UnsafePointer<Int32>?, UnsafePointer<Float>?) =
      switch window.targetKind {
      case .classes: (UnsafePointer(window.targetClasses), nil)
      case .values, .labels: (nil, UnsafePointer(window.targetValues))
      }
    self.init(
      dimensions: WindowDimensions(timeSteps: window.timeSteps, streams: window.streams),
      symbols: symbols, vectors: vectors, targetClasses: classes, targetValues: values,
      weights: window.weights, resets: window.resets, scored: window.scored,
      sequences: window.sequences, scales: scales, leaves: leaves)
    self.energies = energies
  }
}
