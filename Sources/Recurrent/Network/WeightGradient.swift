import CKernels
import Storage

/// The gradient of one weight matrix: what its inputs were, and where its sums go.
struct WeightGradient: Sendable {
  let inputs: Common<Float>  // [T, B, width]
  let width: Int
  /// Marks inputs that were zero.
  var zeroRows: Common<UInt8>?  // [T, B]
  let sums: Disjoint<Float>  // [·, width]
}

/// Where the gradients of one or two biases with the same sums go.
struct BiasGradients: Sendable {
  let first: Disjoint<Float>
  var second: Disjoint<Float>?
}

extension UnfoldWindowInput {
  /// The same for kernels; none without a gradient.
  init(_ gradient: WeightGradient?) {
    guard let gradient else {
      self.init()
      return
    }
    self.init(
      values: gradient.inputs.base, width: gradient.width, zero_rows: gradient.zeroRows?.base,
      sums: gradient.sums.base)
  }
}
