import Recurrent
import Storage
import TestSupport
import Workers

/// A network with its weights, state and gradients, and the steps that training takes with it.
final class NetworkRun {
  let network: Network
  let state: RecurrentState
  private let weights: Arena<Float>
  private let gradientArena: Arena<Float>
  private let fresh: Arena<Float>
  private(set) var loss = LossSum()
  /// The energies of its own streams' targets in the last step.
  private(set) var ownEnergies: SignalEnergies?
  /// Those of the whole minibatch, if it runs only a part of it.
  var wholeEnergies: SignalEnergies?
  private(set) var outputs: [Float] = []  // [T, B, O]
  private var states: [[Float]] = []  // [T + 1][layers, vectors, B, H]

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
    fresh = Arena<Float>(count: network.gradientCount)
    network.pack(self.weights.base)
  }

  /// All gradients as they were formed: those of parameters, and what lies behind them.
  var formed: [Float] {
    get { Array(gradientArena.buffer) }
    set { _ = gradientArena.buffer.update(fromContentsOf: newValue) }
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

  /// Forward, cost and backward in these leaves; adds to the gradients and to the loss.
  func step(
    _ window: SampleWindow, dropout key: DropoutKey? = nil, leaves: [Int]? = nil
  ) {
    let ends = leaves.map { Arena<Int>($0) } ?? Arena<Int>(count: 0)
    let inLeaves =
      leaves == nil ? WindowLeaves.one : WindowLeaves(ends: Common(ends.base), count: ends.count)
    // What is formed takes the place of whatever was there, but for the gaps.
    for region in network.parameterRegions + [GradientRegion(network.writtenGradients)] {
      for element in region.range where !isGap(element) { fresh.base[element] = .nan }
    }
    window.withBatch(leaves: inLeaves) { batch in
      if let rows = network.touchedRows {
        rows.clear()
        batch.mark(rows)
        rows.collect()
      }
      ownEnergies = energies(of: batch)
      var complete = batch
      complete.energies = wholeEnergies ?? ownEnergies
      let backward = pass(of: complete, window, key).costAndGradient()
      if inLeaves.count > 0 {
        let tree = LeafTree(streams: inLeaves.count, leaves: inLeaves.count)
        loss = loss + tree.sum({ backward.losses[$0] }, +)
      }
      backward.formGradients(at: fresh.base)
    }
    for element in 0..<gradientArena.count { gradientArena.base[element] += fresh.base[element] }
  }

  private func energies(of batch: NetworkBatch) -> SignalEnergies? {
    let (loss, leaves) = (network.description.loss, batch.leaves.count)
    guard loss.kind == .errorToSignal, leaves > 0 else { return nil }
    let tree = LeafTree(streams: leaves, leaves: leaves)
    return tree.sum(
      { loss.energies(of: batch, leaf: $0, state: self.state) ?? SignalEnergies() }, +)
  }

  private func isGap(_ element: Int) -> Bool {
    element < network.layout.count
      && !network.layout.parameters.contains { $0.range.contains(element) }
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
  func fold() { network.fold(gradientArena.base, weights: weights.base) }
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
