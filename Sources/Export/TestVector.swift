import Foundation
import Recurrent
import SequenceData
import Training

/// Inputs and the trained network's own outputs for them, in the data's units, with which a reader of an
/// exported file can be checked. Written beside the file as `FILE.test.json`.
package struct TestVector: Sendable, Equatable, Codable {
  /// The state of a layer: h, and c of an LSTM.
  package struct State: Sendable, Equatable, Codable {
    /// h.
    package let hidden: [Float]  // [H]
    /// c.
    package let memory: [Float]?  // [H]
  }

  /// How many time steps it has.
  package static let timeSteps = 64

  /// The input columns at each time step, where inputs are vectors.
  package let inputs: [[Float]]?  // [T, I]
  /// The symbol at each time step, where inputs are symbols.
  package let symbols: [Int]?  // [T]
  /// The outputs from the start.
  package let outputs: [[Float]]  // [T, O]
  /// The outputs for the same inputs once more, from the state that the first ones left.
  package let carriedOutputs: [[Float]]  // [T, O]
  /// The state of each layer at the start, where it is not zero.
  package let initialState: [State]?
  /// By how much a reader's outputs may differ: float sums in another order.
  package let tolerance: Float

  enum CodingKeys: String, CodingKey {
    case inputs, symbols, outputs, tolerance
    case carriedOutputs = "carried_outputs"
    case initialState = "initial_state"
  }

  /// The outputs of both passes, one after the other.
  package var allOutputs: [[Float]] { outputs + carriedOutputs }

  /// Runs the trained network.
  ///
  /// - Parameters:
  ///   - model: what was trained.
  ///   - exported: the same, with its columns.
  ///   - silence: time steps of zeros that it reads ahead; vectors only.
  /// - Throws: `RecurrentError`.
  package init(_ model: TrainedModel, _ exported: ExportedModel, silence: Int = 0) throws {
    let run = try NetworkRun(model, exported)
    for _ in 0..<silence {
      _ = run.step([Float](repeating: 0, count: exported.inputs.count))
    }
    initialState = silence > 0 ? run.state : nil
    let random = SampleRandom(seed: 1, purpose: .validation, sample: 0)
    if let embedding = exported.embedding {
      let symbols = (0..<Self.timeSteps).map { random.integer(at: $0, below: embedding.rows) }
      outputs = symbols.map { run.step(Int32($0)) }
      carriedOutputs = symbols.map { run.step(Int32($0)) }
      self.symbols = symbols
      inputs = nil
    } else {
      let width = exported.inputs.count
      let inputs = (0..<Self.timeSteps).map { step in
        exported.inputs.enumerated().map { index, column in
          column.center + column.scale * (2 * random.fraction(at: step * width + index) - 1)
        }
      }
      outputs = inputs.map { run.step($0) }
      carriedOutputs = inputs.map { run.step($0) }
      self.inputs = inputs
      symbols = nil
    }
    let largest = (outputs + carriedOutputs).joined().reduce(Float(0)) { max($0, abs($1)) }
    tolerance = 1e-5 * largest
  }

  /// The largest difference between a reader's outputs and these.
  ///
  /// - Parameter found: those of both passes.
  /// - Returns: infinity where their numbers differ or one is not a number.
  package func difference(_ found: [[Double]]) -> Double {
    let expected = allOutputs
    guard found.count == expected.count,
      zip(found, expected).allSatisfy({ $0.count == $1.count })
    else { return .infinity }
    return zip(found.joined(), expected.joined()).reduce(0) { largest, pair in
      let difference = abs(pair.0 - Double(pair.1))
      return difference.isNaN ? .infinity : max(largest, difference)
    }
  }
}

/// The trained network, in the data's units. The normalisation is computed in floats, as the exported
/// files have it.
private struct NetworkRun {
  private let stream: SingleStream
  private let exported: ExportedModel

  init(_ model: TrainedModel, _ exported: ExportedModel) throws {
    stream = try model.makeStream()
    self.exported = exported
    stream.restart()
  }

  func step(_ symbol: Int32) -> [Float] { restored(stream.read(symbol: symbol)) }

  func step(_ input: [Float]) -> [Float] {
    restored(stream.read(vector: zip(input, exported.inputs).map { ($0 - $1.center) / $1.scale }))
  }

  private func restored(_ outputs: UnsafeBufferPointer<Float>) -> [Float] {
    zip(outputs, exported.outputs).map { $0 * $1.scale + $1.center }
  }

  /// The state of each layer.
  var state: [TestVector.State] {
    let state = stream.state
    func values(_ layer: Int, _ vector: Int) -> [Float] {
      Array(
        UnsafeBufferPointer(
          start: state.values(layer: layer, vector: vector), count: state.hidden))
    }
    return (0..<state.layers).map { layer in
      TestVector.State(
        hidden: values(layer, 0), memory: state.vectors > 1 ? values(layer, 1) : nil)
    }
  }
}
