/// The elements that one call of a `GradientTransform` works on.
///
/// `scale · gradients[i]` is the gradient as the next link shall see it. Links that only scale
/// change `scale`; the factor is applied by the first link that reads the gradients anyway, so
/// dividing by the count and clipping by norm cost no pass over memory.
public struct GradientBlock {
  /// The parameters of the block. // [count]
  public let parameters: UnsafeMutablePointer<Float>
  /// The gradients of the block, as sums over the counted time steps. // [count]
  public let gradients: UnsafeMutablePointer<Float>
  /// The number of elements.
  public let count: Int
  /// The number of this update, from 1.
  public let step: Int
  /// The learning rate of this update.
  public let learningRate: Double
  /// The norm of the whole mean gradient, not only of this block's.
  public let norm: Double
  /// The factor that `gradients` must be multiplied with; 1/(global count) to begin with.
  public var scale: Double

  /// The first moment of the current link at the block's first element.
  var moments: UnsafeMutablePointer<Float>?  // [momentCount, count]
  /// The distance from one moment arena to the next, in elements.
  let momentStride: Int

  /// A moment of the current link, by its index in the link's `momentNames`. // [count]
  public func moment(_ index: Int) -> UnsafeMutablePointer<Float> {
    guard let moments else { preconditionFailure("the link has no moments, got index \(index)") }
    return moments + index * momentStride
  }
}
