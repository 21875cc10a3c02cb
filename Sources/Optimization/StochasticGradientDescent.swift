import CKernels
import Storage

/// Stochastic gradient descent, with momentum if asked, as `torch.optim.SGD` defines it.
///
///     g ← g + weightDecay · w
///     v ← g                                          at the first step
///     v ← momentum · v + (1 − dampening) · g         after it
///     w ← w − rate · v                               or, with Nesterov's momentum,
///     w ← w − rate · (g + momentum · v)
///
/// Without momentum, w ← w − rate · g, and no moment is kept. Polyak (1964); Nesterov's form is that
/// of Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep
/// learning" (2013), with the rate outside the velocity, as PyTorch has it.
package struct StochasticGradientDescent: GradientTransform {
  /// The share of the velocity that is kept from one step to the next.
  package let momentum: Double
  /// What the new gradient's share in the velocity is lessened by.
  package let dampening: Double
  /// Whether the gradient is seen from where momentum is about to lead.
  package let nesterov: Bool
  /// The factor of the weights that is added to the gradient (L2).
  package let weightDecay: Double
  private let kernels = Common(unfold_active_kernels())
  package let momentNames: [String]
  package let updatesParameters = true
  /// Without momentum and decay.
  package var sparesZeroGradients: Bool { momentum == 0 && weightDecay == 0 }

  /// - Throws: `OptimizationError` for a value out of range, and for Nesterov's momentum without
  ///   momentum or with dampening, which PyTorch refuses too.
  package init(
    momentum: Double = 0, dampening: Double = 0, nesterov: Bool = false, weightDecay: Double = 0
  ) throws(OptimizationError) {
    try OptimizationError.requireNotNegative("optimizer.momentum", momentum)
    try OptimizationError.require(
      "optimizer.dampening", dampening, "finite", dampening.isFinite)
    try OptimizationError.requireNotNegative("optimizer.weight_decay", weightDecay)
    try OptimizationError.require(
      "optimizer.nesterov", nesterov,
      "false unless momentum is more than 0 and dampening is 0 (momentum is \(momentum), "
        + "dampening is \(dampening))",
      !nesterov || (momentum > 0 && dampening == 0))
    self.momentum = momentum
    self.dampening = dampening
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    momentNames = momentum == 0 ? [] : ["momentum_buffer"]
  }

  package func apply(to block: inout GradientBlock) {
    if momentum == 0 {
      kernels.pointee.apply_sgd(
        block.parameters, block.gradients, block.count, Float(block.scale),
        Float(block.learningRate), Float(weightDecay))
    } else {
      kernels.pointee.apply_momentum(
        block.parameters, block.gradients, block.moment(0), block.count, Float(block.scale),
        Float(block.learningRate), Float(weightDecay), Float(momentum), Float(dampening), nesterov,
        block.step == 1)
    }
  }
}
