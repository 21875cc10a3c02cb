/// How many rows the targets of a series lag behind its inputs, by the lag d at which they correlate
/// most in absolute value:
///
///     r(d) = Σ_t (x_t − x̄)(y_{t+d} − ȳ) / √(Σ_t (x_t − x̄)² · Σ_t (y_t − ȳ)²),  |d| ≤ L
///
/// on the first N ≤ 2¹⁸ rows, with L = min(8192, N/4). What is missing counts as the mean. An amplifier
/// may turn the sign, so that of r does not matter; of equal lags the one nearest 0 wins.
package struct DelayEstimate: Sendable, Equatable, CustomStringConvertible {
  /// The rows that the targets come later; negative if they come earlier.
  package let lag: Int
  /// r at this lag, from −1 to 1.
  package let correlation: Double
  /// The rows it was computed from, N.
  package let rows: Int

  private static let mostRows = 1 << 18
  private static let mostLag = 8192

  /// Whether the lag may be told: |r| is at least 0.2, below which the part of the target that follows
  /// the input is 4% of its variance, and at least 6/√N, which noise that does not depend on the input
  /// practically never reaches at any lag.
  package var isClear: Bool {
    abs(correlation) >= max(0.2, 6 / Double(max(rows, 1)).squareRoot())
  }

  /// Compares one input with one target, row by row; the longer one's end is not looked at.
  package init(inputs: [Double], targets: [Double]) {
    let rows = min(inputs.count, targets.count, Self.mostRows)
    let longest = min(Self.mostLag, rows / 4)
    var size = 1
    // Large enough that no lag wraps around.
    while size < rows + longest + 1 { size *= 2 }
    var x = Self.centred(inputs.prefix(rows), size)
    var y = Self.centred(targets.prefix(rows), size)
    let scale = (Self.energy(x) * Self.energy(y)).squareRoot()
    Self.correlate(&x, &y)
    var (lag, sum) = (0, x[0])
    for distance in stride(from: 1, through: longest, by: 1) {
      if abs(x[distance]) > abs(sum) { (lag, sum) = (distance, x[distance]) }
      if abs(x[size - distance]) > abs(sum) { (lag, sum) = (-distance, x[size - distance]) }
    }
    let correlation = sum / scale
    self.rows = rows
    // A column that never changes correlates with nothing.
    self.lag = correlation.isFinite ? lag : 0
    self.correlation = correlation.isFinite ? correlation : 0
  }

  /// In words, for people.
  package var description: String {
    let hundredths = (correlation * 100).rounded() / 100
    guard isClear else {
      return "the delay between inputs and targets is too weak to tell (correlation \(hundredths))"
    }
    let rows = abs(lag) == 1 ? "1 time step" : "\(abs(lag)) time steps"
    switch lag {
    case 0: return "inputs and targets are aligned (correlation \(hundredths))"
    case 1...: return "the targets are \(rows) behind the inputs (correlation \(hundredths))"
    default: return "the targets are \(rows) before the inputs (correlation \(hundredths))"
    }
  }

  /// Numbers without their mean, and zeros up to `size`.
  private static func centred(_ values: ArraySlice<Double>, _ size: Int) -> [Double] {
    let there = values.filter { !$0.isNaN }
    let mean = there.isEmpty ? 0 : there.reduce(0, +) / Double(there.count)
    return values.map { $0.isNaN ? 0 : $0 - mean }
      + Array(repeating: 0, count: size - values.count)
  }

  private static func energy(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }
  }

  /// Leaves Σ_t x_t y_{t+d} in x, at d or at n + d. Both series are transformed at once, as the real and
  /// the imaginary part of one, which also takes the memory of y.
  private static func correlate(_ x: inout [Double], _ y: inout [Double]) {
    let count = x.count
    let transform = FourierTransform(count: count)
    transform.transform(&x, &y)
    var real = [Double](repeating: 0, count: count)
    var imaginary = real
    for k in 0..<count {
      let other = (count - k) % count
      // X = (Z_k + conj Z_{n−k}) / 2 and Y = (Z_k − conj Z_{n−k}) / 2i.
      let (xReal, xImaginary) = ((x[k] + x[other]) / 2, (y[k] - y[other]) / 2)
      let (yReal, yImaginary) = ((y[k] + y[other]) / 2, (x[other] - x[k]) / 2)
      // conj X · Y
      real[k] = xReal * yReal + xImaginary * yImaginary
      imaginary[k] = xReal * yImaginary - xImaginary * yReal
    }
    // The inverse, by the parts exchanged.
    transform.transform(&imaginary, &real)
    x = real.map { $0 / Double(count) }
  }
}
