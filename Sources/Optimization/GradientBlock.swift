import Storage

/// The elements that one call of a `GradientTransform` works on.
///
/// `scale · gradients[i]` is the gradient as the next link shall see it. Links that only scale
/// change `scale`; the factor is applied by the first link that reads the gradients anyway, so
/// dividing by the count and clipping by norm cost no pass over memory.
package struct GradientBlock {
  /// The parameters of the block. // [count]
  package let parameters: FloatPointer
  /// The gradients of the block, as sums over the counted time steps. // [count]
  package let gradients: FloatPointer
  /// The number of elements.
  package let count: Int
  /// The number of this update, from 1.
  package let step: Int
  /// The learning rate of this update.
  package let learningRate: Double
  /// The norm of the whole mean gradient, not only of this block's.
  package let norm: Double
  /// The factor that `gradients` must be multiplied with; 1/(global count) to begin with.
  package var scale: Double

  /// The first moment of the current link at the block's first element.
  var moments: FloatPointer?  // [momentCount, count]
  /// The distance from one moment arena to the next, in elements.
  let momentStride: Int

  /// A moment of the current link, by its index in the link's `momentNames`. // [count]
  package func moment(_ index: Int) -> FloatPointer {
    guard let moments else { preconditionFailure("the link has no moments, got index \(index)") }
    return moments + index * momentStride
  }
}
