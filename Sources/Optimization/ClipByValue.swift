import CKernels

/// Cuts each element of the mean gradient to a range around zero.
///
///     g ← min(max(g, −limit), limit)
///
/// As `torch.nn.utils.clip_grad_value_`.
public struct ClipByValue: GradientTransform {
  /// The greatest magnitude that passes unchanged.
  public let limit: Double
  public let momentNames: [String] = []
  public let updatesParameters = false
  public let sparesZeroGradients = true

  /// - Throws: `OptimizationError` if the limit is not positive.
  public init(limit: Double) throws(OptimizationError) {
    try OptimizationError.requirePositive("clip.value", limit)
    self.limit = limit
  }

  public func apply(to block: inout GradientBlock) {
    unfold_clip_values(block.gradients, block.count, Float(block.scale), Float(limit))
    block.scale = 1
  }
}
