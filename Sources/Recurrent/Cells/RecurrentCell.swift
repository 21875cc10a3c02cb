import Storage

/// What one time step computes from the gates' sums: everything of a recurrent layer but its
/// matrix products, which the layer does.
///
/// The layer gives the cell the sums of G gates, each H wide,
///
///     gates = W_ih·x_t + b_ih + W_hh·h_{t−1} + b_hh            [rows, G·H]
///
/// or, if `separatesRecurrentSums`, W_ih·x_t + b_ih in `gates` and W_hh·h_{t−1} + b_hh in
/// `recurrentSums`. The cell turns them into h_t, and in `backward` into the gradients of the
/// sums. To add a cell, write one type and register it with ``CellRegistry``.
public protocol RecurrentCell: SendableMetatype {
  /// The name in the configuration, `model.cell`.
  static var name: String { get }
  /// G: the number of gates.
  static var gateCount: Int { get }
  /// Whether a second state vector c_t is carried beside h_t, as in the LSTM.
  static var keepsMemory: Bool { get }
  /// Whether the recurrent product is kept apart from the input's, as in the GRU's candidate.
  static var separatesRecurrentSums: Bool { get }
  /// How many vectors of H floats a time step saves for `backward` besides the gates.
  static var savedVectors: Int { get }
  /// Whether h_{t−1} reaches h_t other than through the sums; then `backward` leaves that part of
  /// ∂L/∂h_{t−1} in `hiddenGradient`. Otherwise the layer does not read it again.
  static var passesHidden: Bool { get }
  /// The gate whose bias `initialization.forget_bias` sets, if the cell has one.
  static var forgetGate: Int? { get }

  /// A cell; `activation` is the configuration's `model.activation`.
  init(activation: Activation)

  /// Computes h_t (and c_t) for some rows of one time step.
  func forward(_ step: CellForwardStep)
  /// Turns gates (and recurrent sums) into gradients of the sums, for the same rows.
  func backward(_ step: CellBackwardStep)
}

extension RecurrentCell {
  public static var keepsMemory: Bool { false }
  public static var separatesRecurrentSums: Bool { false }
  public static var savedVectors: Int { 0 }
  public static var passesHidden: Bool { false }
  public static var forgetGate: Int? { nil }
}

/// The squashing function of cells that offer a choice.
public enum Activation: String, Sendable, CaseIterable {
  /// The hyperbolic tangent.
  case hyperbolicTangent = "tanh"
  /// max(0, x).
  case rectifier = "relu"
}

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
