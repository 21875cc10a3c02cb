/// The middle of some figures, and how far they go.
package struct Spread: Sendable, Codable, Equatable {
  package let median: Double
  package let lowest: Double
  package let highest: Double

  /// Of one figure or more.
  package init(_ figures: [Double]) {
    precondition(!figures.isEmpty, "a spread of 0 figures")
    let sorted = figures.sorted()
    let middle = sorted.count / 2
    median =
      sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    lowest = sorted[0]
    highest = sorted[sorted.count - 1]
  }
}
