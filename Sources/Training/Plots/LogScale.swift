import Foundation

/// An axis by powers of ten that begins and ends near its values, and where it is marked.
package struct LogScale: Sendable, Equatable {
  /// Where it begins and ends.
  package let range: ClosedRange<Double>
  /// Its marks: powers of ten, and where those are few also their doubles and fivefolds.
  package let marks: [Double]

  /// nil for values that are not all positive or do not differ much: a linear axis shows those better.
  /// NaN counts for nothing.
  package init?(_ values: [Double]) {
    let known = values.filter { !$0.isNaN }
    guard let lowest = known.min(), let highest = known.max(), lowest > 0, highest.isFinite,
      highest >= 3 * lowest
    else { return nil }
    let exponents = Int(log10(lowest).rounded(.down))...Int(log10(highest).rounded(.up))
    let factors: [Double] = exponents.count > 4 ? [1] : [1, 2, 5]
    let bounds = lowest / 1.1...highest * 1.1
    range = bounds
    marks = exponents.flatMap { exponent in factors.map { $0 * pow(10, Double(exponent)) } }
      .filter { bounds.contains($0) }
  }
}
