/// What a column's training values are like, gathered value by value; missing ones are left out.
///
/// The mean and the sum of squares are Welford's ("Note on a method for calculating corrected sums of
/// squares and products", 1962), which large offsets do not spoil.
package struct ColumnStatistics: Sendable {
  /// How a column becomes what the model sees.
  package enum Normalize: String, Sendable, Equatable, Codable {
    /// Mean 0, deviation 1.
    case standard
    /// From 0 to 1.
    case minmax
    /// As it is.
    case none
  }

  /// The number of values.
  package private(set) var count = 0.0
  private var mean = 0.0
  private var sumOfSquares = 0.0
  private var smallest = Double.infinity
  private var largest = -Double.infinity

  /// No value yet.
  package init() {}

  /// Takes a value in; NaN is a missing one.
  package mutating func add(_ value: Double) {
    guard !value.isNaN else { return }
    count += 1
    let difference = value - mean
    mean += difference / count
    sumOfSquares += difference * (value - mean)
    smallest = min(smallest, value)
    largest = max(largest, value)
  }

  /// The standard deviation, divided by N.
  package var deviation: Double { count == 0 ? 0 : (sumOfSquares / count).squareRoot() }

  /// Takes in what others have gathered (Chan, Golub and LeVeque 1983).
  package mutating func add(_ other: ColumnStatistics) {
    guard other.count > 0 else { return }
    let total = count + other.count
    let difference = other.mean - mean
    sumOfSquares += other.sumOfSquares + difference * difference * count * other.count / total
    mean += difference * other.count / total
    count = total
    smallest = min(smallest, other.smallest)
    largest = max(largest, other.largest)
  }

  /// The column, by these values. A constant one is only moved.
  package func column(named name: String, normalize: Normalize) -> SeriesColumn {
    guard count > 0 else { return SeriesColumn(name: name) }
    switch normalize {
    case .none:
      return SeriesColumn(name: name, mean: mean)
    case .minmax:
      return SeriesColumn(
        name: name, center: smallest, scale: largest > smallest ? largest - smallest : 1, mean: mean
      )
    case .standard:
      // Rounding leaves a constant column with a deviation near 10⁻¹⁶ of its mean, which must not
      // become a scale.
      let isConstant = deviation <= 1e-12 * abs(mean)
      return SeriesColumn(name: name, center: mean, scale: isConstant ? 1 : deviation)
    }
  }
}
