import CKernels
import Storage
import Workers

/// The linear readout y = W·h + b of every time step, and its loss.
final class Readout: Sendable {
  private let hidden: Int
  private let outputCount: Int
  private let loss: any LossFunction
  private let resources: ProductResources
  let weight: PackedWeight  // [O, H]
  private let bias: Arena<Float>  // [O]
  private let outputsArena: Arena<Float>  // [T, B, O]: outputs, then their gradients
  private let losses: Arena<Double>  // [T, B]
  private let hits: Arena<UInt8>  // [T, B]
  private let leafLosses: Arena<LossSum>  // [leaves], of one stream or more

  init(
    hidden: Int, outputs: Int, loss: Loss, capacity: WindowDimensions, resources: ProductResources
  ) {
    self.hidden = hidden
    self.outputCount = outputs
    self.loss = loss.function
    self.resources = resources
    weight = PackedWeight(rows: outputs, columns: hidden, resources: resources)
    bias = Arena(count: outputs)
    outputsArena = Arena(count: capacity.rows * outputs)
    losses = Arena(count: capacity.rows)
    hits = Arena(count: capacity.rows)
    leafLosses = Arena(count: max(1, capacity.streams))
  }

  /// The outputs after `forward`, their gradients after `cost`.
  var outputs: FloatPointer { outputsArena.base }  // [T, B, O]

  /// Brings the bias up to date.
  func renewBias(_ bias: UnsafePointer<Float>) {
    self.bias.base.update(from: bias, count: outputCount)
  }

  /// Computes the outputs.
  func forward(_ input: Common<Float>, window: WindowDimensions) {
    resources.pool.forEachSlice(of: window.rows) { worker, rows in
      computeOutputs(input, rows, scratch: resources.scratch(worker: worker))
    }
  }

  /// The window's cost; outputs become the gradients of the weighted sum of losses, and
  /// `inputGradient`, if given, ∂L/∂input [T, B, H].
  ///
  /// Each worker takes its rows in blocks that its cache holds, from the input to its gradient.
  func cost(
    _ input: Common<Float>, of batch: NetworkBatch, inputGradient: Disjoint<Float>? = nil
  ) -> LeafLosses {
    let blockRows = resources.kernels.pointee.block_rows
    resources.pool.forEachSlice(of: batch.dimensions.rows) { worker, rows in
      let scratch = resources.scratch(worker: worker)
      let blocks = (rows.count + blockRows - 1) / blockRows
      for index in 0..<blocks {
        let block = Share(index, of: blocks).range(of: rows)
        computeOutputs(input, block, scratch: scratch)
        loss.evaluate(
          LossRows(
            block, of: batch, outputs: Disjoint(outputs), width: outputCount,
            losses: Disjoint(losses.base), hits: Disjoint(hits.base)))
        if let inputGradient {
          weight.backward.multiply(
            outputs + block.lowerBound * outputCount, rows: block.count, from: .zero,
            into: inputGradient + block.lowerBound * hidden, scratch: scratch)
        }
      }
    }
    for leaf in 0..<batch.leaves.count { leafLosses.base[leaf] = sum(of: batch, leaf: leaf) }
    return LeafLosses(Common(leafLosses.base), count: batch.leaves.count)
  }

  private func computeOutputs(
    _ input: Common<Float>, _ rows: Range<Int>, scratch: FloatPointer
  ) {
    weight.forward.multiply(
      input + rows.lowerBound * hidden, rows: rows.count, from: .bias(bias.base),
      into: outputs + rows.lowerBound * outputCount, scratch: scratch)
  }

  /// Stream by stream.
  private func sum(of batch: NetworkBatch, leaf: Int) -> LossSum {
    var total = LossSum()
    let (timeSteps, streams) = (batch.dimensions.timeSteps, batch.dimensions.streams)
    for stream in batch.leaves.streams(ofLeaf: leaf, of: streams) {
      for timeStep in 0..<timeSteps {
        let row = timeStep * streams + stream
        let weight = Double(batch.weights[row])
        guard weight != 0 else { continue }
        total.sum += weight * losses.base[row]
        total.count += weight
        total.hits += weight * Double(hits.base[row])
        if let scored = batch.scored, scored[row] != 0 {
          total.scored += 1
          total.scoredHits += Double(hits.base[row])
        }
      }
    }
    return total
  }

  /// Forms the gradients of weight and bias.
  func formGradients(
    input: Common<Float>, of batch: NetworkBatch, weight: FloatPointer, bias: FloatPointer
  ) {
    resources.formGradients(
      of: Common(outputs), width: outputCount, batch,
      weights: WeightGradient(inputs: input, width: hidden, sums: Disjoint(weight)),
      biases: BiasGradients(first: Disjoint(bias)))
  }
}
