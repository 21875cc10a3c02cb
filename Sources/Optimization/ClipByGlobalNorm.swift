/// Scales the gradient down where its global norm exceeds a limit.
///
///     g ← g · min(1, limit / (‖g‖₂ + 1e-6))
///
/// ‖g‖₂ is the norm of the mean gradient over all parameters together. Pascanu, Mikolov and Bengio,
/// "On the difficulty of training recurrent neural networks" (2013), algorithm 1; the 1e-6 is that
/// of `torch.nn.utils.clip_grad_norm_`.
package struct ClipByGlobalNorm: GradientTransform {
  /// The greatest norm that passes unchanged.
  package let limit: Double
  package let momentNames: [String] = []
  package let updatesParameters = false
  package let sparesZeroGradients = true

  /// - Throws: `OptimizationError` if the limit is not positive.
  package init(limit: Double) throws(OptimizationError) {
    try OptimizationError.requirePositive("clip.norm", limit)
    self.limit = limit
  }

  package func apply(to block: inout GradientBlock) {
    block.scale *= coefficient(norm: block.norm)
  }

  /// The factor for a gradient of this norm, at most 1.
  package func coefficient(norm: Double) -> Double {
    min(1, limit / (norm + 1e-6))
  }
}
