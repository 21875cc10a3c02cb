import Foundation

/// The Mackey–Glass series (Mackey and Glass, "Oscillation and chaos in physiological control
/// systems", 1977): dx/dt = β x(t − τ) / (1 + x(t − τ)ⁿ) − γ x(t) with β = 0.2, γ = 0.1, n = 10,
/// chaotic for τ = 17; sampled once per time unit.
///
/// Integrated by the classical Runge–Kutta method at step 1/10; the delayed value at a half step is
/// the cubic through the values and slopes of the steps beside it, so the method keeps its order
/// even where the slope jumps, at t = 0.
///
/// The task is to predict the next value. The score is the normalized root mean square error, in
/// deviations of the training part. Always to say the mean gives 1, to repeat the last value
/// 0.146, the best linear prediction from the last two values 0.024; solved: at most 0.02.
package struct MackeyGlass: Sendable {
  private static let production = 0.2
  private static let decay = 0.1
  private static let exponent = 10.0
  private static let stepsPerUnit = 10
  /// The time units dropped before the first sample, until the series is on its attractor.
  private static let transient = 1_000

  /// The delay τ in time units.
  package let tau: Int

  /// A series of delay τ ≥ 1.
  package init(tau: Int = 17) {
    precondition(tau >= 1, "tau \(tau), expected 1 or more")
    self.tau = tau
  }

  /// The solution at t = 0, 1, …, `count` − 1 from the constant history x(t ≤ 0) = `initial`.
  package func samples(count: Int, initial: Double = 1.2) -> [Double] {
    let size = 1 / Double(Self.stepsPerUnit)
    let delay = tau * Self.stepsPerUnit
    // Rings of the last τ time units: the values at the steps, and between a step and the next.
    var values = [Double](repeating: initial, count: delay + 1)
    var middles = [Double](repeating: initial, count: delay + 1)
    var samples: [Double] = []
    samples.reserveCapacity(count)
    var previous: (value: Double, slope: Double)?
    var step = 0
    while samples.count < count {
      let (now, next) = (step % values.count, (step + 1) % values.count)
      // The oldest slot, τ ago, is the one that comes next in the ring.
      let gains = (gain(values[next]), gain(middles[next]), gain(values[(step + 2) % values.count]))
      let value = values[now]
      let slope = gains.0 - Self.decay * value
      if let previous {
        let last = (step + values.count - 1) % values.count
        middles[last] = (previous.value + value) / 2 + size / 8 * (previous.slope - slope)
      }
      if step % Self.stepsPerUnit == 0 { samples.append(value) }
      values[next] = Self.advance(value, by: size, gains: gains)
      previous = (value, slope)
      step += 1
    }
    return samples
  }

  /// One Runge–Kutta step; `gains` are the production at its start, middle and end.
  private static func advance(
    _ value: Double, by size: Double, gains: (Double, Double, Double)
  ) -> Double {
    let slope1 = gains.0 - decay * value
    let slope2 = gains.1 - decay * (value + size / 2 * slope1)
    let slope3 = gains.1 - decay * (value + size / 2 * slope2)
    let slope4 = gains.2 - decay * (value + size * slope3)
    return value + size / 6 * (slope1 + 2 * slope2 + 2 * slope3 + slope4)
  }

  private func gain(_ delayed: Double) -> Double {
    Self.production * delayed / (1 + pow(delayed, Self.exponent))
  }

  /// A training series of `samples` time steps and a validation series of `validationSamples`, from
  /// other initial values (keyed by the seed), after a transient; normalised by the training
  /// series. The series is the same in every epoch.
  package func split(
    samples: Int, validationSamples: Int, seed: UInt64
  ) -> CorpusSplit<SeriesCorpus> {
    precondition(
      samples >= 1 && validationSamples >= 0,
      "samples \(samples), expected 1 or more; validation samples \(validationSamples)")
    let training = series(timeSteps: samples, seed: seed, purpose: .training, columns: nil)
    let validation =
      validationSamples == 0
      ? nil
      : series(
        timeSteps: validationSamples, seed: seed, purpose: .validation,
        columns: training.columns.inputs)
    return CorpusSplit(training: training, validation: validation)
  }

  private func series(
    timeSteps: Int, seed: UInt64, purpose: SamplePurpose, columns: [SeriesColumn]?
  ) -> SeriesCorpus {
    let random = SampleRandom(seed: seed, purpose: purpose, sample: 0)
    let initial = 0.8 + 0.8 * Double(random.fraction(at: 0))
    let values = samples(count: Self.transient + timeSteps + 1, initial: initial)
    return SeriesCorpus(
      values: Array(values[Self.transient...]), width: 1, source: "mackey-glass",
      columns: columns,
      score: Score(
        name: "normalized root mean square error", measure: .normalizedRootMeanSquareError,
        threshold: 0.02))
  }
}
