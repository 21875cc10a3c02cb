import CKernels
import Storage

/// Cuts each element of the mean gradient to a range around zero.
///
///     g ← min(max(g, −limit), limit)
///
/// As `torch.nn.utils.clip_grad_value_`.
package struct ClipByValue: GradientTransform {
  /// The greatest magnitude that passes unchanged.
  package let limit: Double
  private let kernels = Common(unfold_active_kernels())
  package let momentNames: [String] = []
  package let updatesParameters = false
  package let sparesZeroGradients = true

  /// - Throws: `OptimizationError` if the limit is not positive.
  package init(limit: Double) throws(OptimizationError) {
    try OptimizationError.requirePositive("clip.value", limit)
    self.limit = limit
  }

  package func apply(to block: inout GradientBlock) {
    kernels.pointee.clip_values(block.gradients, block.count, Float(block.scale), Float(limit))
    block.scale = 1
  }
}
