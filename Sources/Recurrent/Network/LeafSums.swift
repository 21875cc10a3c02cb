import CKernels
import Storage

/// The sums of a product for each leaf by itself, formed block by block of time steps while caches still
/// hold the gradients. Where one worker has few leaves of a small network, this takes the place of a
/// product over the whole window.
final class LeafSums: Sendable {
  private let kernels: Common<UnfoldKernels>
  private let sums: Arena<Float>  // [leaves, rows · columns of a product]

  /// All leaves' sums stay in the second-level cache, beside the weights and what the time loop reads.
  private static let mostSums = 1 << 16
  /// A leaf's sums are loaded and stored once for at least so much of k.
  private static let leastOfLeaf = 32

  /// Sums of so many gradients with at most so many inputs, for at most so many streams.
  init(columns: Int, inputs: Int, streams: Int, resources: ProductResources) {
    kernels = resources.kernels
    let ofLeaf = Self.count(columns: columns, rows: inputs + 1, kernels)
    let leaves = min(streams, LeafTree.most, Self.mostSums / ofLeaf)
    sums = Arena(count: resources.pool.workers == 1 ? leaves * ofLeaf : 0)
  }

  private static func count(columns: Int, rows: Int, _ kernels: Common<UnfoldKernels>) -> Int {
    let panel = kernels.pointee.panel_width
    return (columns + panel - 1) / panel * panel * rows
  }

  /// Whether sums of blocks of so many time steps pay, rather than a product over the window.
  func pay(
    for product: WindowProduct, blockLength: Int, in window: WindowDimensions,
    _ leaves: WindowLeaves
  ) -> Bool {
    let ofLeaf = Self.count(columns: product.width, rows: product.rows, kernels)
    let rows = blockLength * window.streams
    return leaves.count * ofLeaf <= sums.count && rows >= Self.leastOfLeaf * leaves.count
      && rows * (product.width + product.rows) <= kernels.pointee.gathered_floats
  }

  /// Adds a block of time steps. The last one of the window comes first.
  func add(
    _ timeSteps: Range<Int>, of product: WindowProduct, in window: WindowDimensions,
    _ leaves: WindowLeaves, scratch: FloatPointer
  ) {
    let (first, streams) = (timeSteps.lowerBound, window.streams)
    let block = WindowDimensions(timeSteps: timeSteps.count, streams: streams)
    kernels.pointee.sum_time_steps(
      product.gradients.base + first * streams * product.width, UnfoldWindow(block, leaves),
      product.width, UnfoldWindowInput(product.left, from: first, streams: streams),
      UnfoldWindowInput(product.right, from: first, streams: streams),
      timeSteps.upperBound < window.timeSteps, sums.base, scratch)
  }

  /// Adds the leaves and puts the total where the product's sums go.
  func place(_ product: WindowProduct, _ leaves: WindowLeaves) {
    kernels.pointee.place_leaf_sums(
      leaves.count, product.width, UnfoldWindowInput(product.left),
      UnfoldWindowInput(product.right), product.biases?.first.base, sums.base)
    product.biases?.copy(0..<product.width)
  }
}
