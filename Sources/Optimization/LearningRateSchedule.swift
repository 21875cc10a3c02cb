import Foundation

/// The learning rate as a function of step, epoch and validation losses.
package struct LearningRateSchedule: Sendable, Equatable {
  /// How the rate changes.
  package enum Kind: Sendable, Equatable {
    /// rate = base.
    case constant

    /// rate = base · factor^n, where n = 0 up to epoch `after`, and then 1 + ⌊(epoch − after − 1)/every⌋.
    ///
    /// Epochs `after + 1` … `after + every` have the rate base · factor, and so on. With `every` = 1
    /// it is the schedule of Zaremba, Sutskever and Vinyals, "Recurrent neural network
    /// regularization" (2014), factor^max(0, epoch − after); in PyTorch, a `MultiStepLR` with the
    /// milestones after, after + every, ….
    case stepDecay(factor: Double, after: Int, every: Int)

    /// A linear warm-up, then half a cosine wave to `minimum` at step `steps`, held from there on.
    ///
    ///     rate = base · step / warmUp                                      step ≤ warmUp
    ///     rate = minimum + (base − minimum) · (1 + cos(π · t)) / 2         after it, where
    ///     t = (step − w) / (steps − w),  w = max(1, warmUp)
    ///
    /// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017),
    /// equation 5 without restarts; warm-up as Goyal and others, "Accurate, large minibatch SGD"
    /// (2017), section 2.2. The first update is never made with rate 0.
    case cosine(warmUp: Int, steps: Int, minimum: Double)

    /// The rate is multiplied by a factor when the validation loss no longer improves.
    case plateau(ReduceOnPlateau)
  }

  /// The rate that the optimizer is configured with.
  package let base: Double
  /// How the rate changes.
  package let kind: Kind
  /// Where a plateau schedule stands; nil for the other kinds. To be restored from a checkpoint.
  package var plateau: ReduceOnPlateau.State?

  /// - Throws: `OptimizationError` for a value out of range.
  package init(base: Double, kind: Kind = .constant) throws(OptimizationError) {
    try OptimizationError.requireNotNegative("optimizer.learning_rate", base)
    switch kind {
    case .constant: break
    case .stepDecay(let factor, let after, let every):
      try OptimizationError.requirePositive("schedule.factor", factor)
      try OptimizationError.require("schedule.after", after, "at least 0", after >= 0)
      try OptimizationError.require("schedule.every", every, "at least 1", every >= 1)
    case .cosine(let warmUp, let steps, let minimum):
      try OptimizationError.require("schedule.warmup_steps", warmUp, "at least 0", warmUp >= 0)
      try OptimizationError.require("schedule.total_steps", steps, "at least 1", steps >= 1)
      try OptimizationError.require(
        "schedule.minimum", minimum, "between 0 and the learning rate \(base)",
        minimum >= 0 && minimum <= base)
    case .plateau:
      plateau = ReduceOnPlateau.State(rate: base)
    }
    self.base = base
    self.kind = kind
  }

  /// The rate of an update.
  ///
  /// - Parameters:
  ///   - step: the number of the update since the start of training, from 1.
  ///   - epoch: the epoch that the update belongs to, from 1.
  package func rate(step: Int, epoch: Int) -> Double {
    precondition(
      step >= 1 && epoch >= 1, "steps and epochs are counted from 1, got \(step) and \(epoch)")
    switch kind {
    case .constant: return base
    case .stepDecay(let factor, let after, let every):
      let reductions = epoch <= after ? 0 : 1 + (epoch - after - 1) / every
      return base * pow(factor, Double(reductions))
    case .cosine(let warmUp, let steps, let minimum):
      if step < warmUp { return base * Double(step) / Double(warmUp) }
      return Self.cosine(from: base, to: minimum, start: max(1, warmUp), end: steps, at: step)
    case .plateau: return plateau?.rate ?? base
    }
  }

  /// Takes note of a validation's loss, or of another cost that is watched; lower is better. Only a
  /// plateau schedule heeds it.
  package mutating func observe(validationLoss: Double) {
    guard case .plateau(let reduction) = kind, var state = plateau else { return }
    reduction.observe(validationLoss, state: &state)
    plateau = state
  }

  /// Half a cosine wave that is `high` at step `start` and `low` from step `end` on.
  private static func cosine(
    from high: Double, to low: Double, start: Int, end: Int, at step: Int
  ) -> Double {
    guard step > start else { return high }
    guard step < end else { return low }
    let progress = Double(step - start) / Double(end - start)
    return low + (high - low) * (1 + cos(.pi * progress)) / 2
  }
}
