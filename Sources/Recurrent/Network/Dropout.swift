import CKernels
import Storage
import Workers

/// Dropout of one place in the network: rows go through a mask that is made anew from its key
/// whenever it is needed, so that overlapping windows and backward see the same one.
final class Dropout: Sendable {
  private let rate: Float
  private let layer: Int
  private let width: Int
  private let resources: ProductResources
  private let arena: Arena<Float>  // [T, B, width]

  init(
    rate: Float, layer: Int, width: Int, capacity: WindowDimensions, resources: ProductResources
  ) {
    self.rate = rate
    self.layer = layer
    self.width = width
    self.resources = resources
    arena = Arena<Float>(count: rate > 0 ? capacity.rows * width : 0)
  }

  /// x through the mask; x itself where there is nothing to drop.
  func forward(
    _ x: FloatPointer, window: WindowDimensions, key: DropoutKey?
  ) -> FloatPointer {  // [T, B, width]
    guard rate > 0, let key else { return x }
    mask(x, into: arena.base, window: window, key: key)
    return arena.base
  }

  /// Where `forward` left what it was given.
  func output(of x: FloatPointer, key: DropoutKey?) -> FloatPointer {  // [T, B, width]
    rate > 0 && key != nil ? arena.base : x
  }

  /// The gradient through the same mask, in place.
  func backward(_ gradient: FloatPointer, window: WindowDimensions, key: DropoutKey?) {
    guard rate > 0, let key else { return }
    mask(gradient, into: gradient, window: window, key: key)
  }

  private func mask(
    _ x: FloatPointer, into out: FloatPointer, window: WindowDimensions, key: DropoutKey
  ) {
    let (x, out) = (Disjoint(x), Disjoint(out))
    resources.pool.forEachSlice(of: window.rows) { _, rows in
      for row in rows {
        let (timeStep, stream) = row.quotientAndRemainder(dividingBy: window.streams)
        resources.kernels.pointee.dropout(
          x + row * width, width, rate, key.seed, UInt32(layer),
          UInt32(key.firstStream + stream), UInt64(key.firstTimeStep + timeStep),
          out + row * width)
      }
    }
  }
}
