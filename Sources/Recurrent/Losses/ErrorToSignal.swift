import Storage

/// The error-to-signal ratio with pre-emphasis and an offset term (Wright et al. 2019, 2020), of a
/// window over all its streams:
///
///     0.75·Σ e_p² / (Σ y_p² + ε) + 0.25·Σ_b n_b·ē_b² / (Σ y² + ε)
///
/// with e = y − ŷ, the filter x_p[t] = x[t] − 0.85·x[t − 1], ē_b the mean of e over the n_b counted
/// values of stream b, and ε = 1e-5 · (counted values). Sums run over counted values and, where there are
/// several targets, over these, too, each with a filter and a mean of its own; the denominators are those
/// of the whole minibatch.
///
/// The filter's memory is carried over windows by value, and no gradient flows through it. It is zero
/// where a sequence starts, and after a target that is NaN. Time steps that do not count run through it.
///
/// A leaf's `LossSum.count` is its Σ y_p² + ε, written E_p, and its `LossSum.sum` the numerator that
/// belongs to it: 0.75·Σ e_p² + 0.25·(E_p / E)·Σ_b n_b·ē_b², where E is Σ y² + ε and the fraction E_p / E
/// the whole minibatch's. So over several windows w, sum / count is
///
///     Σ_w E_p,w · cost_w / Σ_w E_p,w
struct ErrorToSignal: Sendable {
  private static let emphasis = 0.85
  private static let errorShare = 0.75
  private static let offsetShare = 0.25
  private static let epsilon = 1e-5

  /// How much each target counts; nil if all count alike.
  let weights: [Float]?

  /// The energies of one stream.
  func energies(of stream: SignalStream) -> SignalEnergies {
    var energies = SignalEnergies()
    for target in 0..<stream.targets {
      var previous = stream.rememberedValue(target)
      for timeStep in 0..<stream.timeSteps {
        let value = stream.value(timeStep, target)
        let emphasised = value - (stream.starts(timeStep) ? 0 : Self.emphasis * previous)
        let weight = stream.weight(timeStep, target, among: weights)
        if weight != 0 {
          energies.emphasised += weight * (emphasised * emphasised + Self.epsilon)
          energies.plain += weight * (value * value + Self.epsilon)
        }
        previous = value.isNaN ? 0 : value
      }
    }
    return energies
  }

  /// One stream's part of the sum; its outputs become their gradients.
  ///
  /// - Parameters:
  ///   - stream: which one, with what the filter remembers.
  ///   - outputs: of the whole window, [T, B, targets].
  ///   - energies: of the whole minibatch.
  func evaluate(
    _ stream: SignalStream, outputs: FloatPointer, energies: SignalEnergies
  ) -> Double {
    (0..<stream.targets).reduce(0) {
      $0 + evaluate(stream, target: $1, outputs: outputs, ratio: energies.ratio)
    }
  }

  private func evaluate(
    _ stream: SignalStream, target: Int, outputs: FloatPointer, ratio: Double
  ) -> Double {
    var (energy, sum, count) = (0.0, 0.0, 0.0)
    var previous = stream.rememberedError(target)
    for timeStep in 0..<stream.timeSteps {
      let place = stream.place(timeStep, target)
      let error = stream.error(of: outputs[place], timeStep, target)
      outputs[place] = error
      let weight = stream.weight(timeStep, target, among: weights)
      if weight != 0 {
        let emphasised = Double(error) - (stream.starts(timeStep) ? 0 : Self.emphasis * previous)
        energy += weight * emphasised * emphasised
        sum += weight * Double(error)
        count += weight
      }
      previous = Double(error)
    }
    let mean = count > 0 ? sum / count : 0
    formGradients(
      stream, target: target, errors: outputs, offset: 2 * Self.offsetShare * ratio * mean)
    return Self.errorShare * energy + Self.offsetShare * ratio * sum * mean
  }

  /// Puts gradients in the place of errors, from the last time step to the first: each needs the error
  /// before it.
  private func formGradients(
    _ stream: SignalStream, target: Int, errors: FloatPointer, offset: Double
  ) {
    // What the filter of the time step behind has of this one.
    var behind = 0.0
    for timeStep in (0..<stream.timeSteps).reversed() {
      let place = stream.place(timeStep, target)
      let starts = stream.starts(timeStep)
      let weight = stream.weight(timeStep, target, among: weights)
      var emphasised = 0.0
      if weight != 0 {
        let previous =
          timeStep > 0
          ? Double(errors[stream.place(timeStep - 1, target)]) : stream.rememberedError(target)
        emphasised = weight * (Double(errors[place]) - (starts ? 0 : Self.emphasis * previous))
      }
      let slope = 2 * Self.errorShare * (emphasised - Self.emphasis * behind) + offset * weight
      errors[place] = stream.value(timeStep, target).isNaN ? 0 : Float(-slope)
      behind = starts ? 0 : emphasised
    }
  }
}

/// The energies of a signal in a window, both with their ε: those of leaves are added, as a tree, to
/// those of the minibatch.
package struct SignalEnergies: Sendable, Equatable, BitwiseCopyable {
  /// Σ y_p² + ε, of the signal after pre-emphasis.
  package var emphasised = 0.0
  /// Σ y² + ε.
  package var plain = 0.0

  /// Nothing yet.
  package init() {}

  /// The first over the second; 0 where nothing counts.
  var ratio: Double { plain > 0 ? emphasised / plain : 0 }

  package static func + (left: SignalEnergies, right: SignalEnergies) -> SignalEnergies {
    var sum = left
    sum.emphasised += right.emphasised
    sum.plain += right.plain
    return sum
  }
}

extension Loss {
  /// The energies of a leaf's targets in a window that is still to run, for the error-to-signal ratio;
  /// nil for other losses. `NetworkBatch.energies` takes their sum over all leaves of the minibatch.
  ///
  /// - Parameters:
  ///   - batch: the window.
  ///   - leaf: one of its leaves.
  ///   - state: from which the window runs.
  package func energies(
    of batch: NetworkBatch, leaf: Int, state: RecurrentState
  ) -> SignalEnergies? {
    guard kind == .errorToSignal else { return nil }
    let loss = ErrorToSignal(weights: weights)
    var energies = SignalEnergies()
    for stream in batch.leaves.streams(ofLeaf: leaf, of: batch.dimensions.streams) {
      energies =
        energies
        + loss.energies(
          of: SignalStream(
            stream, of: batch, memory: state.lossMemory, width: state.lossWidth))
    }
    return energies
  }
}
