import Storage

/// A layer's weights as a fused cell reads them.
final class FusedWeights: Sendable {
  private let cell: any FusedCell
  /// W_ih, where its products are formed by time step.
  private let inputWeight: UnitPackedWeight?
  private let hiddenWeight: UnitPackedWeight
  private let dimensions: LayerDimensions

  /// The widest layer for which it pays: one block's weights stay in the first-level cache while all
  /// rows pass by.
  private static let widest = 128

  /// Nil where products by themselves are faster, or the cell is not of this kind. It follows from the
  /// network alone: all that share the packed weights, with any streams and workers, lay them out alike.
  init?(
    of cell: any RecurrentCell, _ dimensions: LayerDimensions, resources: ProductResources
  ) {
    guard let cell = cell as? any FusedCell, dimensions.hidden <= Self.widest else { return nil }
    self.cell = cell
    self.dimensions = dimensions
    func weight(columns: Int) -> UnitPackedWeight {
      UnitPackedWeight(
        gates: dimensions.gates, hidden: dimensions.hidden, columns: columns, resources: resources)
    }
    inputWeight = dimensions.projectsByTimeStep ? weight(columns: dimensions.input) : nil
    hiddenWeight = weight(columns: dimensions.hidden)
  }

  /// Brings this worker's part of the rank's share up to date.
  func pack(
    input: UnsafePointer<Float>, hidden: UnsafePointer<Float>, share: Share, worker: Share
  ) {
    inputWeight?.pack(input, share: share, worker: worker)
    hiddenWeight.pack(hidden, share: share, worker: worker)
  }

  /// What runs the time steps of one window.
  func steps(of input: LayerInput, gates: FloatPointer, bias: FloatPointer) -> FusedSteps {
    let width = dimensions.gateWidth
    switch input {
    case .symbols(let symbols, let sums):
      return FusedSteps(
        cell: cell, hiddenWeight: Common(hiddenWeight.base),
        start: .rows(of: sums.base, width: width, symbols.base))
    case .vectors(let x):
      guard let inputWeight else {
        return FusedSteps(
          cell: cell, hiddenWeight: Common(hiddenWeight.base),
          start: .existing(gates, width: width))
      }
      return FusedSteps(
        cell: cell, hiddenWeight: Common(hiddenWeight.base), start: .bias(bias), input: x,
        inputWidth: dimensions.input, inputWeight: Common(inputWeight.base))
    }
  }
}

/// The time steps of one window by a fused cell.
struct FusedSteps: Sendable {
  let cell: any FusedCell
  let hiddenWeight: Common<Float>
  let start: ProductStart
  var input: Common<Float>?  // [T, B, I]
  var inputWidth = 0
  var inputWeight: Common<Float>?

  /// Runs some time steps, the first one's rows from `row` on.
  func run(_ step: CellForwardStep, from row: Int, timeSteps: Int, streams: Int) {
    cell.forward(
      step,
      sums: CellSums(
        start: start.advanced(by: row), input: input.map { $0.base + row * inputWidth },
        inputWidth: inputWidth, inputWeight: inputWeight?.base, hiddenWeight: hiddenWeight.base),
      timeSteps: timeSteps, streams: streams)
  }
}
