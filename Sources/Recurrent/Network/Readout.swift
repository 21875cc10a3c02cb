import CKernels
import Storage
import WorkerPool

/// The linear readout y = W·h + b of every time step, and its loss.
final class Readout {
  private let hidden: Int
  private let outputCount: Int
  private let loss: Loss
  private let resources: ProductResources
  let weight: PackedWeight  // [O, H]
  private let bias: FloatArena  // [O]
  private let outputsArena: FloatArena  // [T, B, O]: outputs, then their gradients
  private let losses: UnsafeMutablePointer<Double>  // [T, B]
  private let hits: UnsafeMutablePointer<UInt8>  // [T, B]

  init(
    hidden: Int, outputs: Int, loss: Loss, capacity: WindowDimensions, resources: ProductResources
  ) {
    self.hidden = hidden
    self.outputCount = outputs
    self.loss = loss
    self.resources = resources
    weight = PackedWeight(rows: outputs, columns: hidden, resources: resources)
    bias = FloatArena(count: outputs)
    outputsArena = FloatArena(count: capacity.rows * outputs)
    losses = .allocate(capacity: max(capacity.rows, 1))
    hits = .allocate(capacity: max(capacity.rows, 1))
    losses.initialize(repeating: 0, count: max(capacity.rows, 1))
    hits.initialize(repeating: 0, count: max(capacity.rows, 1))
  }

  deinit {
    losses.deallocate()
    hits.deallocate()
  }

  /// The outputs after `forward`, their gradients after `cost`.
  var outputs: FloatPointer { outputsArena.base }  // [T, B, O]

  /// Brings the bias up to date.
  func renewBias(_ bias: UnsafePointer<Float>) {
    self.bias.base.update(from: bias, count: outputCount)
  }

  /// Computes the outputs.
  func forward(_ input: UnsafePointer<Float>, window: WindowDimensions) {
    resources.pool.forEachSlice(of: window.rows) { worker, rows in
      computeOutputs(input, rows, scratch: resources.scratch(worker: worker))
    }
  }

  /// The window's cost; outputs become the gradients of the weighted sum of losses, and
  /// `inputGradient`, if given, ∂L/∂input [T, B, H].
  ///
  /// Each worker takes its rows in blocks that its cache holds, from the input to its gradient.
  func cost(
    _ input: UnsafePointer<Float>, of batch: NetworkBatch, continuing earlier: LossSum,
    inputGradient: FloatPointer? = nil
  ) -> LossSum {
    let blockRows = resources.kernels.pointee.block_rows
    resources.pool.forEachSlice(of: batch.dimensions.rows) { worker, rows in
      let scratch = resources.scratch(worker: worker)
      let blocks = (rows.count + blockRows - 1) / blockRows
      for index in 0..<blocks {
        let block = Share(index, of: blocks).range(of: rows)
        computeOutputs(input, block, scratch: scratch)
        evaluate(block, of: batch)
        if let inputGradient {
          weight.backward.multiply(
            outputs + block.lowerBound * outputCount, rows: block.count, from: .zero,
            into: inputGradient + block.lowerBound * hidden, scratch: scratch)
        }
      }
    }
    return sum(of: batch, continuing: earlier)
  }

  private func computeOutputs(
    _ input: UnsafePointer<Float>, _ rows: Range<Int>, scratch: FloatPointer
  ) {
    weight.forward.multiply(
      input + rows.lowerBound * hidden, rows: rows.count, from: .bias(bias.base),
      into: outputs + rows.lowerBound * outputCount, scratch: scratch)
  }

  private func evaluate(_ rows: Range<Int>, of batch: NetworkBatch) {
    let kernels = resources.kernels.pointee
    let first = rows.lowerBound
    let outputs = outputs + first * outputCount
    let weights = batch.weights + first
    switch loss {
    case .crossEntropy:
      guard let targets = batch.targetClasses else { preconditionFailure("no target classes") }
      kernels.softmax_cross_entropy(
        rows.count, outputCount, outputs, targets + first, weights, losses + first, hits + first)
    case .meanSquaredError:
      guard let targets = batch.targetValues else { preconditionFailure("no target values") }
      kernels.mean_squared_error(
        rows.count, outputCount, outputs, targets + first * outputCount, weights, losses + first)
    case .binaryCrossEntropy:
      guard let targets = batch.targetValues else { preconditionFailure("no target labels") }
      kernels.binary_cross_entropy(
        rows.count, outputCount, outputs, targets + first * outputCount, weights, losses + first,
        hits + first)
    }
  }

  /// Stream by stream, so that the sum can continue from one rank's streams to the next.
  private func sum(of batch: NetworkBatch, continuing earlier: LossSum) -> LossSum {
    var total = earlier
    let (timeSteps, streams) = (batch.dimensions.timeSteps, batch.dimensions.streams)
    for stream in 0..<streams {
      for timeStep in 0..<timeSteps {
        let row = timeStep * streams + stream
        let weight = Double(batch.weights[row])
        guard weight != 0 else { continue }
        total.sum += weight * losses[row]
        total.count += weight
        total.hits += weight * Double(hits[row])
        if let scored = batch.scored, scored[row] != 0 {
          total.scored += 1
          total.scoredHits += Double(hits[row])
        }
      }
    }
    return total
  }

  func addGradients(
    input: UnsafePointer<Float>, window: WindowDimensions, toWeight weight: FloatPointer,
    bias: FloatPointer, continues: Bool
  ) {
    resources.addGradients(
      of: outputs, width: outputCount, dimensions: window,
      weights: WeightGradient(inputs: input, width: hidden, sums: weight),
      biases: BiasGradients(first: bias), continues: continues)
  }
}
