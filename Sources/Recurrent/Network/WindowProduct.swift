import CKernels
import Storage

/// The gradients of weights and biases that share the gradients of their sums: Σ gradients[t, b, i] ·
/// inputs[t, b, n] for each weight, and Σ gradients[t, b, i] for each bias.
struct WindowProduct: Sendable {
  let gradients: Common<Float>  // [T, B, width]
  let width: Int
  let left: WeightGradient
  var right: WeightGradient?
  let biases: BiasGradients?

  /// What each gradient is multiplied with: both inputs, and a one.
  var rows: Int { left.width + (right?.width ?? 0) + 1 }
}

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

  /// Gives the second bias the first one's sums: both of PyTorch's biases stand in the same sum.
  func copy(_ columns: Range<Int>) {
    guard let second else { return }
    (second + columns.lowerBound).update(from: first + columns.lowerBound, count: columns.count)
  }
}

extension UnfoldWindow {
  /// The same for kernels.
  init(_ window: WindowDimensions, _ leaves: WindowLeaves) {
    self.init(
      time_steps: window.timeSteps, streams: window.streams,
      leaves: UnfoldLeaves(ends: leaves.ends?.base, count: leaves.count))
  }
}

extension UnfoldWindowInput {
  /// The inputs from time step `timeStep` of a window on; none without a gradient.
  init(_ gradient: WeightGradient?, from timeStep: Int = 0, streams: Int = 0) {
    guard let gradient else {
      self.init()
      return
    }
    let row = timeStep * streams
    self.init(
      values: gradient.inputs.base + row * gradient.width, width: gradient.width,
      zero_rows: gradient.zeroRows.map { $0.base + row }, sums: gradient.sums.base)
  }
}
