/// Multiplies the learning rate by a factor when the validation loss no longer improves, as
/// `torch.optim.lr_scheduler.ReduceLROnPlateau` with `mode="min"` and `threshold_mode="rel"`.
///
/// A validation is better if its loss < best − threshold · |best|; PyTorch leaves the bars out, so that
/// there a negative loss may become worse and count as better. After more than `patience`
/// validations in a row that are not better, rate ← max(rate · factor, minimum), and the count
/// starts again, held at zero for the `cooldown` validations that follow.
package struct ReduceOnPlateau: Sendable, Equatable {
  /// What the rate is multiplied by.
  package let factor: Double
  /// The validations without improvement that are put up with.
  package let patience: Int
  /// The relative improvement that counts as one.
  package let threshold: Double
  /// The validations after a reduction that are not counted.
  package let cooldown: Int
  /// The rate is never reduced below this.
  package let minimum: Double

  /// PyTorch's: a reduction by less is not made.
  private static let smallestReduction = 1e-8

  /// Where the plateau stands; a part of every checkpoint.
  package struct State: Sendable, Equatable, Codable {
    /// The learning rate now.
    package var rate: Double
    /// The best loss so far, or other cost that is watched; nil before the first validation that is a number.
    package var best: Double?
    /// Validations in a row that were not better.
    package var badValidations = 0
    /// Validations still to come that are not counted.
    package var cooldownRemaining = 0

    /// The state before the first validation.
    package init(rate: Double) { self.rate = rate }
  }

  /// - Throws: `OptimizationError` for a value out of range.
  package init(
    factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4, cooldown: Int = 0,
    minimum: Double = 0
  ) throws(OptimizationError) {
    try OptimizationError.requireFraction("schedule.factor", factor)
    try OptimizationError.require("schedule.patience", patience, "at least 0", patience >= 0)
    try OptimizationError.requireFraction("schedule.threshold", threshold)
    try OptimizationError.require("schedule.cooldown", cooldown, "at least 0", cooldown >= 0)
    try OptimizationError.requireNotNegative("schedule.minimum", minimum)
    self.factor = factor
    self.patience = patience
    self.threshold = threshold
    self.cooldown = cooldown
    self.minimum = minimum
  }

  /// Takes note of one validation. A loss that is not a number is not better.
  package func observe(_ loss: Double, state: inout State) {
    let best = state.best ?? .infinity
    if loss < best * (best < 0 ? 1 + threshold : 1 - threshold) {
      state.best = loss
      state.badValidations = 0
    } else {
      state.badValidations += 1
    }
    if state.cooldownRemaining > 0 {
      state.cooldownRemaining -= 1
      state.badValidations = 0
    }
    guard state.badValidations > patience else { return }
    let reduced = max(state.rate * factor, minimum)
    if state.rate - reduced > Self.smallestReduction { state.rate = reduced }
    state.cooldownRemaining = cooldown
    state.badValidations = 0
  }
}
