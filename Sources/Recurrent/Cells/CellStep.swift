import Storage

/// The operands of a cell's forward step: consecutive rows (streams) of one time step.
public struct CellForwardStep {
  /// The number of rows.
  public let rows: Int
  /// H.
  public let hidden: Int
  /// Sums in; whatever `backward` needs out.
  public let gates: FloatPointer  // [rows, G·H]
  /// W_hh·h_{t−1} + b_hh, if `separatesRecurrentSums`; else the same as `gates`.
  public let recurrentSums: FloatPointer  // [rows, G·H]
  /// h_{t−1}, zero where a sequence starts.
  public let previousHidden: UnsafePointer<Float>  // [rows, H]
  /// c_{t−1}, zero where a sequence starts; meaningless unless `keepsMemory`.
  public let previousMemory: UnsafePointer<Float>  // [rows, H]
  /// h_t, to be written.
  public let output: FloatPointer  // [rows, H]
  /// c_t, to be written if `keepsMemory`.
  public let memory: FloatPointer  // [rows, H]
  /// To be written for `backward`.
  public let saved: FloatPointer  // [rows, savedVectors·H]
}

/// The operands of a cell's backward step: the same rows as forward.
public struct CellBackwardStep {
  /// The number of rows.
  public let rows: Int
  /// The streams of the window: the same rows of the time step before lie so many rows before these.
  public let streams: Int
  /// H.
  public let hidden: Int
  /// What forward left; becomes the gradients of the input sums.
  public let gates: FloatPointer  // [rows, G·H]
  /// What forward left; becomes the gradients of the recurrent sums, if `separatesRecurrentSums`.
  public let recurrentSums: FloatPointer  // [rows, G·H]
  /// h_{t−1}, zero where a sequence starts.
  public let previousHidden: UnsafePointer<Float>  // [rows, H]
  /// c_{t−1}, zero where a sequence starts; meaningless unless `keepsMemory`.
  public let previousMemory: UnsafePointer<Float>  // [rows, H]
  /// h_t.
  public let output: UnsafePointer<Float>  // [rows, H]
  /// What forward saved.
  public let saved: UnsafePointer<Float>  // [rows, savedVectors·H]
  /// ∂L/∂h_t through this time step's output.
  public let outputGradient: UnsafePointer<Float>  // [rows, H]
  /// ∂L/∂h_t through later time steps; becomes the part of ∂L/∂h_{t−1} that passes by the sums.
  public let hiddenGradient: FloatPointer  // [rows, H]
  /// ∂L/∂c_t through later time steps; becomes ∂L/∂c_{t−1}, if `keepsMemory`.
  public let memoryGradient: FloatPointer  // [rows, H]
}
