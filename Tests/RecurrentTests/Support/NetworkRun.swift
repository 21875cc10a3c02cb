import Recurrent
import Storage
import Workers

/// A network with its weights, state and gradients, and the steps that training takes with it.
final class NetworkRun {
  let network: Network
  let state: RecurrentState
  private let weights: Arena<Float>
  private let gradientArena: Arena<Float>
  private(set) var loss = LossSum()
  private(set) var outputs: [Float] = []  // [T, B, O]
  private var states: [[Float]] = []  // [T + 1][layers, vectors, B, H]
  private var sums: GradientSums?

  init(
    _ description: NetworkDescription, capacity: WindowDimensions, workers: Int = 1,
    bySymbol: Bool? = nil, packsTouchedRows: Bool = false, weights: [Float]
  ) throws {
    let form = bySymbol.map {
      GradientForm(description, bySymbol: $0, packsTouchedRows: packsTouchedRows)
    }
    network = try Network(
      description, capacity: capacity, pool: WorkerPool(workers: workers), form: form)
    state = network.makeState()
    self.weights = Arena<Float>(count: network.layout.count)
    precondition(weights.count == network.layout.count, "weights of another network")
    self.weights.base.update(from: weights, count: weights.count)
    gradientArena = Arena<Float>(count: network.gradientCount)
    network.pack(self.weights.base)
  }

  /// The gradients, in the layout of the parameters.
  var gradients: [Float] { Array(gradientArena.buffer.prefix(network.layout.count)) }

  /// A parameter's gradient.
  func gradient(_ parameter: ParameterLayout.Parameter) -> [Float] {
    Array(gradientArena.buffer[parameter.range])
  }

  /// The carried state, [layers, vectors, B, H].
  var stateValues: [Float] {
    get { Array(state.buffer) }
    set {
      precondition(newValue.count == state.buffer.count, "a state of another network")
      for (place, value) in newValue.enumerated() { state.buffer[place] = value }
    }
  }

  /// Forward only; keeps the outputs.
  func forward(_ window: SampleWindow, dropout key: DropoutKey? = nil) {
    window.withBatch { batch in _ = pass(of: batch, window, key) }
  }

  private func pass(
    of batch: NetworkBatch, _ window: SampleWindow, _ key: DropoutKey?
  ) -> ForwardPass {
    let pass = network.forward(batch, weights: weights.base, from: state, dropout: key)
    let count = window.dimensions.rows * window.outputs
    outputs = Array(UnsafeBufferPointer(start: pass.outputs(), count: count))
    let scratch = network.makeState()
    states = []
    for timeStep in 0...window.dimensions.timeSteps {
      pass.captureState(before: timeStep, into: scratch)
      states.append(Array(scratch.buffer))
    }
    return pass
  }

  /// Carries the state before `timeStep` of the last window on.
  func carry(before timeStep: Int) { stateValues = states[timeStep] }

  /// Forward, cost and backward; adds to the gradients. `carrying` on also the earlier sums of
  /// another run of the same network over streams that come before.
  func step(
    _ window: SampleWindow, dropout key: DropoutKey? = nil, continuing earlier: NetworkRun? = nil,
    afresh: Bool = false
  ) {
    if afresh { gradientArena.buffer.update(repeating: .nan) }
    if let earlier {
      gradientArena.base.update(from: earlier.gradientArena.base, count: gradientArena.count)
      loss = earlier.loss
    }
    window.withBatch { batch in
      if let rows = network.touchedRows {
        batch.mark(rows)
        rows.collect()
      }
      let backward = pass(of: batch, window, key).costAndGradient(continuing: loss)
      loss = backward.loss
      sums = backward.addGradients(to: gradientArena.base, continues: !afresh)
    }
  }

  /// Packs the weights once for all of `runs`, each its share.
  static func packTogether(_ runs: [NetworkRun], at base: FloatPointer) {
    for run in runs { run.network.keepPackedWeights(at: base) }
    for (member, run) in runs.enumerated() {
      run.network.pack(run.weights.base, share: Share(member, of: runs.count)) {}
    }
    // What follows from packed weights does so once all of them are there.
    for run in runs { run.network.renew(run.weights.base) }
  }

  /// Puts packed gradients of an embedding's rows into their places.
  func unpack() { network.touchedRows?.unpack(gradientArena.base) }

  /// Ends a step, after all ranks' gradients are summed.
  func fold() { sums.take()?.fold(weights: weights.base) }
}

/// Weights in ±range, zero in the layout's gaps.
func randomWeights(
  _ description: NetworkDescription, seed: UInt64 = 9, range: Float = 0.6
) throws -> [Float] {
  let capacity = WindowDimensions(timeSteps: 1, streams: 1)
  let network = try Network(description, capacity: capacity, pool: WorkerPool(workers: 1))
  var random = SplitMix(seed: seed)
  var weights = [Float](repeating: 0, count: network.layout.count)
  for parameter in network.layout.parameters {
    weights.replaceSubrange(parameter.range, with: random.floats(parameter.count, range: range))
  }
  return weights
}

/// Whether two arrays are the same bit for bit, unlike ==, to which 0 and -0 are the same.
func sameBits(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
}
