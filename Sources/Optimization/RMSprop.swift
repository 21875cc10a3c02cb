import CKernels
import Storage

/// RMSprop, as `torch.optim.RMSprop` defines it.
///
///     g ← g + weightDecay · w
///     s ← alpha · s + (1 − alpha) · g²
///     m ← alpha · m + (1 − alpha) · g                only if centered
///     d = √s + epsilon                               or, if centered, √(s − m²) + epsilon
///     v ← momentum · v + g / d
///     w ← w − rate · v
///
/// Without momentum, w ← w − rate · g / d, and no v is kept. Tieleman and Hinton, Coursera lecture
/// 6.5 (2012); centered and with momentum: Graves, "Generating sequences with recurrent neural
/// networks" (2013), but for epsilon, which PyTorch adds outside the root.
package struct RMSprop: GradientTransform {
  /// The share of the mean square that is kept from one step to the next.
  package let alpha: Double
  /// What keeps the divisor from zero.
  package let epsilon: Double
  /// The share of the velocity that is kept from one step to the next.
  package let momentum: Double
  /// Whether the variance is divided by, in place of the mean square.
  package let centered: Bool
  /// The factor of the weights that is added to the gradient (L2).
  package let weightDecay: Double
  private let kernels = Common(unfold_active_kernels())
  package let momentNames: [String]
  package let updatesParameters = true

  /// - Throws: `OptimizationError` for a value out of range.
  package init(
    alpha: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0, centered: Bool = false,
    weightDecay: Double = 0
  ) throws(OptimizationError) {
    try OptimizationError.requireFraction("optimizer.alpha", alpha)
    try OptimizationError.requireNotNegative("optimizer.epsilon", epsilon)
    try OptimizationError.requireNotNegative("optimizer.momentum", momentum)
    try OptimizationError.requireNotNegative("optimizer.weight_decay", weightDecay)
    self.alpha = alpha
    self.epsilon = epsilon
    self.momentum = momentum
    self.centered = centered
    self.weightDecay = weightDecay
    momentNames =
      ["square_avg"] + (centered ? ["grad_avg"] : []) + (momentum == 0 ? [] : ["momentum_buffer"])
  }

  package func apply(to block: inout GradientBlock) {
    kernels.pointee.apply_rmsprop(
      block.parameters, block.gradients, block.moment(0), centered ? block.moment(1) : nil,
      momentum == 0 ? nil : block.moment(centered ? 2 : 1), block.count, Float(block.scale),
      Float(block.learningRate), Float(weightDecay), alpha, Float(epsilon), Float(momentum))
  }
}
