import CKernels
import Foundation
import Recurrent

/// The network as its equations say, in double precision, one stream after the other: nothing is
/// packed, batched, shared or saved, and there is no backward pass but that of the graph.
struct ReferenceNetwork {
  let description: NetworkDescription
  /// Under PyTorch's names.
  var parameters: [String: [Double]]

  /// What a window gives.
  struct Result {
    /// Σ weight · loss.
    var loss: Double
    /// What it is divided by.
    var count: Double
    /// Of the loss, under PyTorch's names.
    var gradients: [String: [Double]]
    var outputs: [Double]  // [T, B, O]
    /// After each time step.
    var states: [[Double]]  // [T] × [layers, vectors, B, H], [B, memory of the loss]
  }

  var hidden: Int { description.hidden }
  var vectors: Int { description.cell == "lstm" ? 2 : 1 }

  func run(_ window: SampleWindow, state: [Double], dropout key: DropoutKey? = nil) -> Result {
    let graph = Graph()
    let weights = parameters.mapValues { graph.leaves($0) }
    let (timeSteps, streams) = (window.dimensions.timeSteps, window.dimensions.streams)
    var outputs = [Double](repeating: 0, count: timeSteps * streams * description.outputs)
    var states = Array(repeating: state, count: timeSteps)
    var nodes: [[Graph.Node]] = Array(repeating: [], count: timeSteps * streams)
    for stream in 0..<streams {
      var carried = (0..<description.layers * vectors).map { vector in
        graph.leaves((0..<hidden).map { state[(vector * streams + stream) * hidden + $0] })
      }
      for timeStep in 0..<timeSteps {
        let row = timeStep * streams + stream
        if window.resets[row] != 0 { carried = carried.map { $0.map { _ in graph.leaf(0) } } }
        let mask = Mask(description: description, key: key, timeStep: timeStep, stream: stream)
        let output = step(window, row, weights, &carried, mask, graph)
        outputs.replaceSubrange(
          row * output.count..<(row + 1) * output.count, with: output.map(\.value))
        for (vector, values) in carried.enumerated() {
          let first = (vector * streams + stream) * hidden
          states[timeStep].replaceSubrange(first..<first + hidden, with: values.map(\.value))
        }
        nodes[row] = output
      }
    }
    remember(outputs, window, in: &states)
    let (total, count) = cost(of: nodes, window, state: state, graph)
    let derivatives = graph.derivatives(of: total)
    return Result(
      loss: total.value, count: count, gradients: weights.mapValues { $0.map { derivatives[$0] } },
      outputs: outputs, states: states)
  }

  /// The readout's outputs of one stream at one time step.
  private func step(
    _ window: SampleWindow, _ row: Int, _ weights: [String: [Graph.Node]],
    _ carried: inout [[Graph.Node]], _ mask: Mask, _ graph: Graph
  ) -> [Graph.Node] {
    var x: [Graph.Node]
    switch description.input {
    case .symbols(_, let width):
      let first = Int(window.symbols[row]) * width
      x = Array(weights["embedding.weight", default: []][first..<first + width])
    case .vectors(let width):
      x = graph.leaves(window.vectors[row * width..<(row + 1) * width].map(Double.init))
    }
    for layer in 0..<description.layers {
      x = mask.apply(to: x, place: layer)
      let state = Array(carried[layer * vectors..<(layer + 1) * vectors])
      let next = cell(layer, x, state, weights, graph)
      carried.replaceSubrange(layer * vectors..<(layer + 1) * vectors, with: next)
      x = next[0]
    }
    x = mask.apply(to: x, place: description.layers)
    let readout = description.tied ? "embedding.weight" : "readout.weight"
    let output = affine(readout, "readout.bias", x, weights, graph)
    guard description.skipsInput else { return output }
    let skipped = window.vectors.dropFirst(row * window.inputWidth)
    return zip(output, skipped).map { $0 - -Double($1) }
  }

  /// h (and c) of the next time step.
  private func cell(
    _ layer: Int, _ x: [Graph.Node], _ state: [[Graph.Node]], _ weights: [String: [Graph.Node]],
    _ graph: Graph
  ) -> [[Graph.Node]] {
    let input = affine("rnn.weight_ih_l\(layer)", "rnn.bias_ih_l\(layer)", x, weights, graph)
    let own = affine("rnn.weight_hh_l\(layer)", "rnn.bias_hh_l\(layer)", state[0], weights, graph)
    let units = 0..<hidden
    func sum(_ gate: Int, _ unit: Int) -> Graph.Node {
      input[gate * hidden + unit] + own[gate * hidden + unit]
    }
    switch description.cell {
    case "elman":
      let rectified = description.activation == .rectifier
      return [units.map { rectified ? sum(0, $0).rectified : sum(0, $0).hyperbolicTangent }]
    case "gru":
      return [
        units.map { unit in
          let (r, z) = (sum(0, unit).logistic, sum(1, unit).logistic)
          let n = (input[2 * hidden + unit] + r * own[2 * hidden + unit]).hyperbolicTangent
          return (1 - z) * n + z * state[0][unit]
        }
      ]
    default:
      let memory = units.map { unit in
        sum(1, unit).logistic * state[1][unit]
          + sum(0, unit).logistic * sum(2, unit).hyperbolicTangent
      }
      return [units.map { sum(3, $0).logistic * memory[$0].hyperbolicTangent }, memory]
    }
  }

  /// W·x + b.
  private func affine(
    _ weight: String, _ bias: String, _ x: [Graph.Node], _ weights: [String: [Graph.Node]],
    _ graph: Graph
  ) -> [Graph.Node] {
    let (matrix, offsets) = (weights[weight, default: []], weights[bias, default: []])
    return offsets.indices.map { row in
      graph.dot(matrix[row * x.count..<(row + 1) * x.count], x) + offsets[row]
    }
  }
}

/// The dropout masks of one stream at one time step, taken from the kernel; RowKernelTests in
/// KernelTests shows that those are right.
private struct Mask {
  let description: NetworkDescription
  let key: DropoutKey?
  let timeStep: Int
  let stream: Int

  func apply(to x: [Graph.Node], place: Int) -> [Graph.Node] {
    let rates = description.dropout
    let rate = place == 0 ? rates.input : place == description.layers ? rates.output : rates.between
    guard let key, rate > 0 else { return x }
    let ones = [Float](repeating: 1, count: x.count)
    var mask = ones
    unfold_active_kernels().pointee.dropout(
      ones, x.count, rate, key.seed, UInt32(place), UInt32(key.firstStream + stream),
      UInt64(key.firstTimeStep + timeStep), &mask)
    return zip(mask, x).map { Double($0) * $1 }
  }
}
