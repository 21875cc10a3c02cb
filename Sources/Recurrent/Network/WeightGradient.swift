import Storage

/// The gradient of one weight matrix: what its inputs were, and where its sums go.
struct WeightGradient {
  let inputs: UnsafePointer<Float>  // [T, B, width]
  let width: Int
  /// Marks inputs that were zero.
  var zeroRows: UnsafePointer<UInt8>?  // [T, B]
  let sums: FloatPointer  // [·, width]
}

/// Where the gradients of one or two biases with the same sums go.
struct BiasGradients {
  let first: FloatPointer
  var second: FloatPointer?
}
