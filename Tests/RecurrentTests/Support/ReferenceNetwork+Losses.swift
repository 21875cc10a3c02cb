import Foundation
import Recurrent

// The losses as their equations say.
extension ReferenceNetwork {
  /// Σ weight · loss, and what it is divided by.
  func cost(
    of outputs: [[Graph.Node]], _ window: SampleWindow, state: [Double], _ graph: Graph
  ) -> (sum: Graph.Node, count: Double) {
    guard description.loss.kind != .errorToSignal else {
      return errorToSignal(outputs, window, memory: memory(of: state), graph)
    }
    var losses: [Graph.Node] = []
    var count = 0.0
    for row in outputs.indices {
      let weight = Double(window.weights[row])
      let (node, share) = loss(outputs[row], window, row, graph)
      losses.append(weight * node)
      count += weight * share
    }
    return (graph.sum(losses), count)
  }

  private func loss(
    _ output: [Graph.Node], _ window: SampleWindow, _ row: Int, _ graph: Graph
  ) -> (Graph.Node, share: Double) {
    let targets = window.targetValues.dropFirst(row * window.targets).prefix(window.targets)
    switch description.loss.kind {
    case .crossEntropy:
      let largest = output.map(\.value).max() ?? 0
      let total = graph.sum(output.map { ($0 - largest).exponential })
      let own = output[Int(window.targetClasses[row])] - largest
      return (total.logarithm + -1 * own, 1)
    case .binaryCrossEntropy:
      let terms = zip(output, targets).map { output, label in
        let probability = output.logistic
        return label > 0.5 ? -1 * probability.logarithm : -1 * (1 - probability).logarithm
      }
      return (graph.sum(terms), 1)
    default:
      return valueLoss(output, Array(targets), window, row, graph)
    }
  }

  /// The mean over the targets.
  private func valueLoss(
    _ output: [Graph.Node], _ targets: [Float], _ window: SampleWindow, _ row: Int,
    _ graph: Graph
  ) -> (Graph.Node, share: Double) {
    let weights = targetWeights
    let total = weights.reduce(0, +)
    let spread = output.count / targets.count
    var terms: [Graph.Node] = []
    var present = 0.0
    for (target, value) in targets.enumerated() where !value.isNaN {
      let own = Array(output[target * spread..<(target + 1) * spread])
      let scale = window.scales[Int(window.sequences[row]) * targets.count + target]
      let term = targetLoss(own, Double(value), scale: Double(scale), graph)
      terms.append((weights[target] / total) * term)
      present += weights[target]
    }
    return (graph.sum(terms), present / total)
  }

  private var targetWeights: [Double] {
    description.loss.weights?.map(Double.init)
      ?? Array(repeating: 1, count: description.targets)
  }

  private func targetLoss(
    _ output: [Graph.Node], _ value: Double, scale: Double, _ graph: Graph
  ) -> Graph.Node {
    let error = output[0] - value
    let size = error.rectified + (-1 * error).rectified
    let delta = Double(description.loss.delta)
    switch description.loss.kind {
    case .meanAbsoluteError: return size
    case .huber where abs(error.value) <= delta: return 0.5 * (error * error)
    case .huber: return delta * (size - delta / 2)
    case .quantile:
      let levels = description.loss.levels.map(Double.init)
      let terms = zip(levels, output).map { level, output in
        let rest = value - output
        return level * rest.rectified + (1 - level) * (-1 * rest).rectified
      }
      return (1 / Double(levels.count)) * graph.sum(terms)
    case .gaussian:
      let half = 0.5 * log(2 * Double.pi)
      let square = error * error * (-2 * output[1]).exponential
      return 0.5 * square + output[1] - -half
    case .nashSutcliffe: return (scale * scale) * (error * error)
    default: return error * error
    }
  }
}

// The error-to-signal ratio, stream by stream and target by target.
extension ReferenceNetwork {
  /// What the loss remembers at the left edge, [B, 2, targets].
  private func memory(of state: [Double]) -> [Double] {
    let streams = state.count / (description.layers * vectors * hidden + 2 * description.targets)
    return Array(state.suffix(streams * 2 * description.targets))
  }

  /// Writes the errors and values of each time step into the states after it.
  func remember(_ outputs: [Double], _ window: SampleWindow, in states: inout [[Double]]) {
    guard description.loss.kind == .errorToSignal else { return }
    let (streams, targets) = (window.dimensions.streams, window.targets)
    for timeStep in states.indices {
      let first = states[timeStep].count - streams * 2 * targets
      for stream in 0..<streams {
        for target in 0..<targets {
          let place = (timeStep * streams + stream) * targets + target
          let value = Double(window.targetValues[place])
          let own = first + stream * 2 * targets + target
          states[timeStep][own] = value.isNaN ? 0 : value - outputs[place]
          states[timeStep][own + targets] = value.isNaN ? 0 : value
        }
      }
    }
  }

  private func errorToSignal(
    _ outputs: [[Graph.Node]], _ window: SampleWindow, memory: [Double], _ graph: Graph
  ) -> (sum: Graph.Node, count: Double) {
    let (timeSteps, streams) = (window.dimensions.timeSteps, window.dimensions.streams)
    let targets = window.targets
    var errors: [Graph.Node] = []
    var offsets: [Graph.Node] = []
    var (emphasised, plain) = (0.0, 0.0)
    for stream in 0..<streams {
      for target in 0..<targets {
        var errorBefore = graph.leaf(memory[stream * 2 * targets + target])
        var valueBefore = memory[stream * 2 * targets + targets + target]
        var counted: [Graph.Node] = []
        var count = 0.0
        for timeStep in 0..<timeSteps {
          let row = timeStep * streams + stream
          if window.resets[row] != 0 { (errorBefore, valueBefore) = (graph.leaf(0), 0) }
          let value = Double(window.targetValues[row * targets + target])
          guard !value.isNaN else {
            (errorBefore, valueBefore) = (graph.leaf(0), 0)
            continue
          }
          let error = value - outputs[row][target]
          let weight = Double(window.weights[row]) * targetWeights[target]
          if weight > 0 {
            let filtered = error + -0.85 * errorBefore
            errors.append(weight * (filtered * filtered))
            counted.append(weight * error)
            count += weight
            let signal = value - 0.85 * valueBefore
            emphasised += weight * (signal * signal + 1e-5)
            plain += weight * (value * value + 1e-5)
          }
          (errorBefore, valueBefore) = (error, value)
        }
        guard count > 0 else { continue }
        let sum = graph.sum(counted)
        offsets.append((1 / count) * (sum * sum))
      }
    }
    let sum = 0.75 * graph.sum(errors) + (0.25 * emphasised / plain) * graph.sum(offsets)
    return (sum, emphasised)
  }
}
