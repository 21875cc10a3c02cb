import Recurrent
import SequenceData
import Storage

extension NetworkBatch {
  /// A filled window as the network reads it.
  init(_ window: Window, leaves: WindowLeaves = .one) {
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
      weights: window.weights, resets: window.resets, scored: window.scored, leaves: leaves)
  }
}
