import CKernels
import Storage

/// The memory that a network takes, found out before any of it is allocated. In floating point, since
/// what somebody asks for may exceed every integer.
package struct MemoryDemand: Sendable, Equatable {
  /// The numbers that are trained.
  package let parameterCount: Double
  /// Bytes of which the ranks beside the same memory share one copy: weights, moments, packed weights.
  package let shared: Double
  /// Bytes of each rank's own: gradients, the tape and what a window is computed in.
  package let own: Double

  /// What a description needs for windows of these dimensions; nil if its cell is not registered.
  ///
  /// - Parameters:
  ///   - moments: copies of the parameters that the optimizer keeps.
  ///   - trains: whether there are gradients.
  ///   - gradientCopies: how many of the gradients a rank has, where it has any.
  package init?(
    _ network: NetworkDescription, timeSteps: Int, streams: Int, workers: Int, moments: Int = 0,
    trains: Bool, gradientCopies: Double = 1
  ) {
    guard let cell = CellRegistry.cell(named: network.cell) else { return nil }
    let traits = CellTraits(cell)
    let (hidden, outputs) = (Double(network.hidden), Double(network.outputs))
    let (input, layers) = (Double(network.input.width), Double(network.layers))
    let gates = Double(cell.gateCount) * hidden
    let rows = Double(timeSteps) * Double(streams)
    let states = (Double(timeSteps) + 1) * Double(streams) * hidden

    let matrices = gates * (input + hidden) + (layers - 1) * gates * 2 * hidden
    let readout = outputs * hidden
    var table = 0.0
    if case .symbols(let count, let width) = network.input { table = Double(count) * Double(width) }
    parameterCount =
      matrices + layers * 2 * gates + table + (network.tied ? 0 : readout) + outputs

    // Each layer's tape, and the running values of its time loops.
    let tape =
      rows * gates * (traits.separatesRecurrentSums ? 2 : 1)
      + states * (traits.keepsMemory ? 2 : 1) + rows * Double(traits.savedVectors) * hidden
      + 4 * Double(streams) * hidden + rows * hidden
    let embedding = table > 0 ? 2 * rows * input : 0
    let operands = 2 * max(hidden, input) * rows
    let scratch = Double(workers) * Double(unfold_active_kernels().pointee.product_scratch)
    let window = layers * tape + embedding + rows * outputs + operands + scratch
    let gradients = trains ? parameterCount + (network.tied ? readout : 0) : 0

    let bytes = Double(MemoryLayout<Float>.size)
    // Weights are packed in two forms, forward and back.
    shared = bytes * (parameterCount * (1 + Double(moments)) + 2 * (matrices + readout))
    own = bytes * (gradientCopies * gradients + window)
  }
}
