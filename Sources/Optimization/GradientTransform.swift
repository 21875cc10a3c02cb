/// One link of an optimizer: it changes the gradients of a block, or updates its parameters.
///
/// Links are applied in order, clip first and the update rule last, as in optax. Every element is
/// computed from its own gradient, parameter and moments alone, so that any cut of the arena into
/// blocks gives the same bits; what depends on all gradients is in `GradientBlock.norm`.
package protocol GradientTransform: Sendable {
  /// PyTorch's names of the moment arenas that this link keeps, e.g. `exp_avg`. It must be stored,
  /// not made anew by each call.
  var momentNames: [String] { get }

  /// Whether this link is an update rule: the last link of a chain is one, the others are not.
  var updatesParameters: Bool { get }

  /// Whether a parameter whose gradient is zero stays as it is, and so do its moments.
  var sparesZeroGradients: Bool { get }

  /// Transforms one block. It must not allocate.
  func apply(to block: inout GradientBlock)
}

extension GradientTransform {
  /// No, unless the link says so.
  package var sparesZeroGradients: Bool { false }
}
