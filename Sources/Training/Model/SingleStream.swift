import Foundation
import Recurrent
import SequenceData
import Storage
import Workers

/// A network that reads one stream, one time step at a time, and shows its outputs.
package final class SingleStream {
  private let network: Network
  private let weights: UnsafePointer<Float>
  /// What it carries to the next time step.
  package let state: RecurrentState
  private let counted = Arena<Float>(count: 1)  // [1, 1]
  private let reset = Arena<UInt8>(count: 1)  // [1, 1]

  init(
    description: NetworkDescription, weights: UnsafePointer<Float>, pool: WorkerPool
  ) throws {
    network = try Network(
      description, capacity: WindowDimensions(timeSteps: 1, streams: 1), pool: pool)
    network.pack(weights)
    self.weights = weights
    state = network.makeState()
  }

  /// Back to the zero state.
  package func restart() { state.reset() }

  /// Reads a symbol; returns the outputs for the next time step.
  package func read(symbol: Int32) -> UnsafeBufferPointer<Float> {
    withUnsafePointer(to: symbol) { pointer in
      run(
        NetworkBatch(
          dimensions: network.capacity, symbols: pointer, weights: counted.base, resets: reset.base)
      )
    }
  }

  /// Reads a vector; returns the outputs for the next time step.
  package func read(vector: [Float]) -> UnsafeBufferPointer<Float> {
    vector.withUnsafeBufferPointer { values in
      run(
        NetworkBatch(
          dimensions: network.capacity, vectors: values.baseAddress, weights: counted.base,
          resets: reset.base))
    }
  }

  private func run(_ batch: NetworkBatch) -> UnsafeBufferPointer<Float> {
    let pass = network.forward(batch, weights: weights, from: state)
    pass.captureState(before: 1, into: state)
    return UnsafeBufferPointer(start: pass.outputs(), count: network.description.outputs)
  }
}

/// exp(x/temperature), normalised; temperature 1 gives the model's probabilities.
func softmax(_ outputs: UnsafeBufferPointer<Float>, temperature: Double = 1) -> [Double] {
  let largest = Double(outputs.max() ?? 0)
  let weights = outputs.map { exp((Double($0) - largest) / temperature) }
  let total = weights.reduce(0, +)
  return weights.map { $0 / total }
}
