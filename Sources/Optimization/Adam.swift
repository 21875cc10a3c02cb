import CKernels
import Foundation
import Storage

/// Adam, and AdamW where the decay is decoupled, as `torch.optim.Adam` and `AdamW` define them.
///
///     g ← g + weightDecay · w                        Adam
///     w ← w − rate · weightDecay · w                 AdamW
///     m ← beta1 · m + (1 − beta1) · g
///     s ← beta2 · s + (1 − beta2) · g²
///     w ← w − rate · m/(1 − beta1ᵗ) / (√(s/(1 − beta2ᵗ)) + epsilon)
///
/// where t is the step, from 1. Kingma and Ba, "Adam: a method for stochastic optimization" (2015),
/// algorithm 1; Loshchilov and Hutter, "Decoupled weight decay regularization" (2019), algorithm 2,
/// with the decay multiplied by the rate, as PyTorch has it.
package struct Adam: GradientTransform {
  /// The share of the mean that is kept from one step to the next.
  package let beta1: Double
  /// The share of the mean square that is kept from one step to the next.
  package let beta2: Double
  /// What keeps the divisor from zero.
  package let epsilon: Double
  /// The factor of the decay of the weights.
  package let weightDecay: Double
  /// Whether the weights decay apart from the gradient (AdamW).
  package let decoupled: Bool
  private let kernels = Common(unfold_active_kernels())
  package let momentNames = ["exp_avg", "exp_avg_sq"]
  package let updatesParameters = true

  /// - Throws: `OptimizationError` for a value out of range.
  package init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0,
    decoupled: Bool = false
  ) throws(OptimizationError) {
    try OptimizationError.requireFraction("optimizer.beta1", beta1)
    try OptimizationError.requireFraction("optimizer.beta2", beta2)
    try OptimizationError.requireNotNegative("optimizer.epsilon", epsilon)
    try OptimizationError.requireNotNegative("optimizer.weight_decay", weightDecay)
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  /// AdamW with PyTorch's defaults.
  ///
  /// - Throws: `OptimizationError` for a value out of range.
  package static func withDecoupledDecay(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01
  ) throws(OptimizationError) -> Adam {
    try Adam(
      beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay, decoupled: true)
  }

  package func apply(to block: inout GradientBlock) {
    let step = Double(block.step)
    kernels.pointee.apply_adam(
      block.parameters, block.gradients, block.moment(0), block.moment(1), block.count,
      Float(block.scale), Float(block.learningRate), Float(weightDecay), decoupled, beta1,
      beta2, Float(epsilon), Float(1 - pow(beta1, step)), Float(1 - pow(beta2, step)))
  }
}
