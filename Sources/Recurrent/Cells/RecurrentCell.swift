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
///
/// Sendable, because the workers of a rank call one cell at once, each for streams of its own: a cell
/// holds constants, and writes only where its operands say.
public protocol RecurrentCell: Sendable {
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
  /// Multiplications and divisions that a unit takes in `forward` and `backward` together; benchmarks
  /// count them beside those of the matrix products. 0 if nobody counted.
  static var productsPerUnit: Int { get }
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
  public static var productsPerUnit: Int { 0 }
  public static var forgetGate: Int? { nil }
}

/// The squashing function of cells that offer a choice.
public enum Activation: String, Sendable, CaseIterable {
  /// The hyperbolic tangent.
  case hyperbolicTangent = "tanh"
  /// max(0, x).
  case rectifier = "relu"
}
